package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageProcessorTest {

  private static final Golden PREPROCESS = Golden.open("goldens/preprocess");

  @TempDir Path folder;

  private static RgbImage photo() {
    return ImageReader.read(PREPROCESS.path("images/photo-420.jpg"));
  }

  private ImageProcessor config(String json) throws IOException {
    return ImageProcessor.fromConfig(Files.writeString(folder.resolve("p.json"), json));
  }

  @Test
  void writesIntoABatch() {
    ImageProcessor processor = ImageProcessor.clip(32);
    float[] one = processor.process(photo());
    assertThat(one).hasSize(3 * 32 * 32);
    float[] batch = new float[3 * one.length];
    processor.process(photo(), batch, one.length);
    assertThat(Arrays.copyOfRange(batch, one.length, 2 * one.length)).isEqualTo(one);
    assertThat(Arrays.copyOf(batch, one.length)).containsOnly(0f);
    assertThat(Arrays.copyOfRange(batch, 2 * one.length, batch.length)).containsOnly(0f);
  }

  /** A fused resize and crop gives what the two steps give. */
  @Test
  void fusedStepsEqualSeparateSteps() {
    RgbImage image = ImageReader.read(PREPROCESS.path("images/tall.jpg"));
    ImageProcessor processor = ImageProcessor.imagenet(50);
    RgbImage separate = image;
    for (ImageStep step : processor.steps()) {
      separate = step.apply(separate);
    }
    assertThat(processor.resizedAndCropped(image)).isEqualTo(separate);
    assertThat(processor.steps().get(0))
        .isEqualTo(new ImageStep.ResizeShortestEdge(57, Filter.BICUBIC));
  }

  @Test
  void llavaPadsWithTheMeanColour() {
    RgbImage wide = new RgbImage(4, 2, new byte[24]);
    ImageStep pad = ImageProcessor.llavaPad(4).steps().get(0);
    assertThat(pad).isEqualTo(new ImageStep.PadToSquare(122, 116, 104));
    RgbImage square = pad.apply(wide);
    byte[] row = {122, 116, 104, 122, 116, 104, 122, 116, 104, 122, 116, 104};
    byte[] expected = new byte[48];
    System.arraycopy(row, 0, expected, 0, 12);
    System.arraycopy(row, 0, expected, 36, 12);
    assertThat(square).isEqualTo(new RgbImage(4, 4, expected));

    RgbImage tall = pad.apply(new RgbImage(1, 4, new byte[12]));
    assertThat(tall.width()).isEqualTo(4);
    assertThat(tall.crop(1, 0, 1, 4)).isEqualTo(new RgbImage(1, 4, new byte[12]));
    assertThat(tall.rgb()[0]).isEqualTo((byte) 122);
    assertThat(pad.apply(square)).isSameAs(square);
  }

  /** The longest and thinnest pictures that the reader lets through. */
  @Test
  void extremeShapes() {
    byte[] line = new byte[3_000_000];
    Arrays.fill(line, (byte) 200);
    for (RgbImage thin :
        List.of(new RgbImage(1_000_000, 1, line), new RgbImage(1, 1_000_000, line))) {
      for (ImageProcessor processor :
          List.of(ImageProcessor.clip(24), ImageProcessor.blip(24), ImageProcessor.imagenet(24))) {
        assertThat(processor.resizedAndCropped(thin).rgb()).containsOnly((byte) 200);
      }
      assertThatThrownBy(() -> ImageProcessor.llavaPad(24).process(thin))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("too large to be padded to a square; shrink it first");
    }
  }

  @Test
  void squashKeepsTheMargins() {
    byte[] rgb = new byte[3 * 90 * 10];
    for (int y = 0; y < 10; y++) {
      rgb[3 * 90 * y] = (byte) 255;
    }
    RgbImage marked = new RgbImage(90, 10, rgb);
    RgbImage squashed = ImageProcessor.imagenetSquash(10).resizedAndCropped(marked);
    assertThat(squashed.rgb()[0] & 0xFF).isPositive();
    RgbImage cropped = ImageProcessor.imagenet(10).resizedAndCropped(marked);
    assertThat(cropped.rgb()).containsOnly(0);
  }

  @Test
  void identityTellsEverySetting() {
    assertThat(ImageProcessor.clip(224).identity())
        .isEqualTo(
            "shortest-edge(224,bicubic);center-crop(224);scale(0.00392156862745098),"
                + "mean[0.48145466,0.4578275,0.40821073],std[0.26862954,0.26130258,0.27577711]");
    assertThat(
            List.of(
                ImageProcessor.clip(32).identity(),
                ImageProcessor.clip(33).identity(),
                ImageProcessor.blip(32).identity(),
                ImageProcessor.llavaPad(32).identity(),
                ImageProcessor.siglip(32).identity(),
                ImageProcessor.imagenet(32).identity(),
                ImageProcessor.imagenetSquash(32).identity(),
                ImageProcessor.squash(32, Filter.BILINEAR, Normalization.IMAGENET).identity()))
        .doesNotHaveDuplicates();
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(ImageProcessor.llavaPad(224).identity())
          .startsWith("pad(122,116,104);shortest-edge(224,bicubic)");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void stepsMustEndInASquare() {
    ImageStep edge = new ImageStep.ResizeShortestEdge(20, Filter.BICUBIC);
    assertThatThrownBy(() -> new ImageProcessor(List.of(edge), Normalization.CLIP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not end in a square");
    List<ImageStep> tooLarge = List.of(edge, new ImageStep.CenterCrop(21));
    assertThatThrownBy(() -> new ImageProcessor(tooLarge, Normalization.CLIP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("center-crop(21) is larger than the 20 pixels before it");
    assertThatThrownBy(() -> new Normalization(1, new double[3], new double[] {1, 0, 1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsTheReferenceSettings() throws IOException {
    for (var processor : PREPROCESS.json().get("processors").properties()) {
      String type = processor.getKey().replaceAll("[0-9].*", "");
      String className =
          switch (type) {
            case "clip" -> "CLIPImageProcessor";
            case "blip" -> "BlipImageProcessor";
            default -> "SiglipImageProcessor";
          };
      int size = Integer.parseInt(processor.getKey().replaceAll("\\D", ""));
      ImageProcessor expected =
          switch (type) {
            case "clip" -> ImageProcessor.clip(size);
            case "blip" -> ImageProcessor.blip(size);
            default -> ImageProcessor.siglip(size);
          };
      String settings = processor.getValue().toString();
      String json = "{\"image_processor_type\":\"" + className + "\"," + settings.substring(1);
      assertThat(config(json)).isEqualTo(expected);
    }
  }

  @Test
  void readsOlderSpellingsAndFillsIn() throws IOException {
    assertThat(config("{\"feature_extractor_type\":\"CLIPFeatureExtractor\",\"size\":224}"))
        .isEqualTo(ImageProcessor.clip(224));
    assertThat(config("{\"image_processor_type\":\"CLIPImageProcessorFast\",\"crop_size\":200}"))
        .isEqualTo(
            new ImageProcessor(
                List.of(
                    new ImageStep.ResizeShortestEdge(224, Filter.BICUBIC),
                    new ImageStep.CenterCrop(200)),
                Normalization.CLIP));
    assertThat(config("{\"image_processor_type\":\"BlipImageProcessor\"}"))
        .isEqualTo(ImageProcessor.blip(384));
    assertThat(config("{\"feature_extractor_type\":\"ViTFeatureExtractor\",\"size\":32}"))
        .isEqualTo(ImageProcessor.squash(32, Filter.BILINEAR, Normalization.HALF));
    assertThat(config("{\"image_processor_type\":\"LlavaImageProcessor\"}"))
        .isEqualTo(ImageProcessor.llavaPad(224));
    assertThat(
            config(
                "{\"image_processor_type\":\"BitImageProcessor\",\"size\":{\"shortest_edge\":256},"
                    + "\"image_mean\":[0.485,0.456,0.406],\"image_std\":[0.229,0.224,0.225]}"))
        .isEqualTo(ImageProcessor.imagenet(224));
    assertThat(config("{\"image_processor_type\":\"ViTImageProcessor\",\"do_normalize\":false}"))
        .isEqualTo(
            ImageProcessor.squash(
                224,
                Filter.BILINEAR,
                new Normalization(1 / 255.0, new double[3], new double[] {1, 1, 1})));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"image_processor_type\":\"FooImageProcessor\"} | has the processor \"FooImageProcessor\"",
        "{} | known are CLIPImageProcessor, BlipImageProcessor",
        "[1] | holds no JSON object",
        "{\"size\": | is not valid JSON in line 1; restore",
        "{C, \"resample\":1} | has resample 1; 2 (bilinear) or 3 (bicubic) are known",
        "{C, \"size\":\"big\"} | has size \"big\"; a whole number of pixels was expected",
        "{C, \"size\":{\"shortest_edge\":0}} | has size.shortest_edge 0",
        "{C, \"size\":{\"shortest_edge\":9999999999}} | has size.shortest_edge 9999999999",
        "{C, \"crop_size\":{\"height\":2}} | has crop_size.width missing",
        "{C, \"crop_size\":{\"height\":2,\"width\":3}} | a square was expected",
        "{C, \"crop_size\":300} | center-crop(300) is larger than the 224 pixels before it",
        "{C, \"do_center_crop\":false} | do not end in a square",
        "{C, \"do_resize\":false} | sets do_resize to false",
        "{C, \"do_resize\":\"no\"} | has do_resize \"no\"; true or false was expected",
        "{C, \"do_pad\":true} | sets do_pad; only LlavaImageProcessor pads",
        "{C, \"image_mean\":[1,2]} | has image_mean [1,2]; three numbers were expected",
        "{C, \"image_std\":[1,0,1]} | has a bad image_mean or image_std",
        "{C, \"rescale_factor\":-1} | has rescale_factor -1; a positive number was expected",
        "{C, \"do_thumbnail\":true} | has do_thumbnail true; what that does to the picture is not",
        "{C, \"crop_pct\":0.9} | has crop_pct 0.9; what that does to the picture is not known",
        "{\"image_processor_type\":\"Siglip2ImageProcessor\"} | makes patches of a picture",
        "{\"image_processor_type\":\"ConvNextImageProcessor\"} | does not say resample",
        "{\"image_processor_type\":\"BeitImageProcessor\",\"size\":9} | does not say do_center_crop",
        "{\"pretrained_cfg\":{}} | has input_size missing; [3, S, S] of a square was expected",
        "{\"pretrained_cfg\":{\"input_size\":[3,8,9]}} | has input_size [3,8,9]",
        "{P, \"crop_pct\":1.5}} | has crop_pct 1.5; a part of the picture",
        "{P, \"crop_mode\":\"fold\"}} | has crop_mode \"fold\"; center, squash or border are known",
        "{P, \"interpolation\":\"lanczos\"}} | bilinear and bicubic are known",
        "{\"preprocess_cfg\":{\"resize_mode\":\"fold\"}} | shortest, longest or squash are known",
        "{\"preprocess_cfg\":{\"mode\":\"L\"}} | has mode \"L\"; RGB is known",
        "{\"preprocess_cfg\":{\"fill_color\":300, \"resize_mode\":\"longest\"}} | has fill_color 300"
      })
  void refusesWhatItDoesNotKnow(String json, String says) {
    String full =
        json.replace("C,", "\"image_processor_type\":\"CLIPImageProcessor\",")
            .replace("{P,", "{\"pretrained_cfg\":{\"input_size\":[3,8,8],");
    assertThatThrownBy(() -> config(full))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("p.json") + " ")
        .hasMessageContaining(says)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aFileWithoutAKindFollowsItsModel() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"dinov2\"}");
    assertThat(config("{\"crop_size\":200}"))
        .isEqualTo(
            new ImageProcessor(
                List.of(
                    new ImageStep.ResizeShortestEdge(224, Filter.BICUBIC),
                    new ImageStep.CenterCrop(200)),
                Normalization.CLIP));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"other\"}");
    assertThatThrownBy(() -> config("{}")).hasMessageContaining("has the processor \"\"");
  }

  @Test
  void theFirstFileOfAFolderIsRead() throws IOException {
    assertThatThrownBy(() -> ImageProcessor.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder + ": has no preprocessor_config.json");
    Files.writeString(
        folder.resolve("config.json"),
        "{\"architecture\":\"nf_resnet50\",\"pretrained_cfg\":{\"input_size\":[3,256,256],"
            + "\"crop_pct\":0.94}}");
    assertThat(ImageProcessor.load(folder).identity())
        .startsWith("shortest-edge(272,bicubic);even-crop(256);");
    Files.writeString(
        folder.resolve("open_clip_config.json"),
        "{\"preprocess_cfg\":{\"size\":224,\"resize_mode\":\"longest\"}}");
    assertThat(ImageProcessor.load(folder).identity())
        .startsWith("longest-edge(224,bicubic);crop-or-pad(224,0,0,0);");
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_processor_type\":\"ConvNextImageProcessor\",\"resample\":2,"
            + "\"size\":{\"shortest_edge\":384}}");
    assertThat(ImageProcessor.load(folder))
        .isEqualTo(ImageProcessor.squash(384, Filter.BILINEAR, Normalization.HALF));
  }

  @Test
  void evenCropsRoundHalvesToEven() {
    int[] offsets = {0, 0, 1, 2, 2, 2, 3, 4, 4};
    for (int more = 0; more < offsets.length; more++) {
      assertThat(new ImageStep.EvenCrop(8).offset(8 + more)).isEqualTo(offsets[more]);
      assertThat(new ImageStep.CenterCrop(8).offset(8 + more)).isEqualTo(more / 2);
    }
  }

  @Test
  void missingConfig() {
    assertThatThrownBy(() -> ImageProcessor.fromConfig(folder.resolve("none.json")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.json can not be read");
  }

  @Test
  void manyThreadsGiveTheSame() throws Exception {
    List<String> names =
        List.of("photo-420.jpg", "cmyk.jpg", "palette-transparent.png", "anim.gif", "lossy.webp");
    ImageProcessor processor = ImageProcessor.clip(48);
    List<float[]> expected = new ArrayList<>();
    for (String name : names) {
      expected.add(processor.process(ImageReader.read(PREPROCESS.path("images/" + name))));
    }
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<float[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        Path path = PREPROCESS.path("images/" + names.get(i % names.size()));
        tasks.add(() -> processor.process(ImageReader.read(path)));
      }
      List<Future<float[]>> results = pool.invokeAll(tasks);
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(expected.get(i % names.size()));
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
