package io.lorgnette.vision;

import static io.lorgnette.vision.Encoders.assertEqual;
import static io.lorgnette.vision.Encoders.input;
import static io.lorgnette.vision.TextTowerTest.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.image.Filter;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageStep;
import io.lorgnette.image.Normalization;
import io.lorgnette.nn.Activation;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenClipFolderTest {

  private static final Golden GOLDEN = Golden.open("goldens/open-clip");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temporary;
  private int folders;

  private Path folder(Consumer<ObjectNode> change) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("open" + folders++));
    ObjectNode node = (ObjectNode) GOLDEN.json("open_clip_config.json");
    change.accept(node);
    Files.write(folder.resolve("open_clip_config.json"), JSON.writeValueAsBytes(node));
    Files.copy(
        GOLDEN.path("open_clip_model.safetensors"), folder.resolve("open_clip_model.safetensors"));
    return folder;
  }

  private static ObjectNode at(ObjectNode node, String path) {
    return (ObjectNode) node.at(path);
  }

  @Test
  void aPairEqualsOpenClip() throws IOException {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = DualEncoder.load(folder(node -> {}), Dtype.F32, Device.CPU)) {
      assertThat(OpenClipFolder.is(GOLDEN.path("."))).isTrue();
      ClipVit images = (ClipVit) pair.images();
      assertThat(images.config().tower())
          .isEqualTo(new TowerShape(48, 2, 3, 110, Activation.QUICK_GELU, 1e-5));
      assertEqual(images.imageEmbeds(input(GOLDEN)), GOLDEN, "image_features", 1e-4);
      Map<String, Tensor> stages = pair.stages(input(GOLDEN), longs(GOLDEN, "input_ids"), null);
      for (String name :
          List.of("text_pooled", "image_embeds", "text_embeds", "logits_per_image")) {
        assertEqual(stages.get(name), GOLDEN, name, 1e-4);
      }
    }
  }

  @Test
  void positionsOfAnotherSizeEqualOpenClip() throws IOException {
    Path folder =
        folder(
            node ->
                at(node, "/model_cfg/vision_cfg")
                    .put("image_size", 40)
                    .put("pretrained_image_size", 24));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder = VisionEncoders.load(folder, "embedding", Dtype.F32, Device.CPU)) {
      Tensor pixels =
          Tensors.ofFloats(GOLDEN.floats("pixel_values.40"), GOLDEN.shape("pixel_values.40"));
      assertEqual(encoder.encode(pixels).squeeze(1), GOLDEN, "image_features.40", 1e-4);
      assertThat(encoder.identity()).contains("positions 24px bicubic-antialiased");
      assertThat(encoder.processor().size()).isEqualTo(40);
    }
  }

  @Test
  void aResNetEqualsOpenClip() throws IOException {
    Golden golden = Golden.open("goldens/clip-resnet");
    Path folder =
        folder(
            node -> {
              node.remove("preprocess_cfg");
              at(node, "/model_cfg").put("embed_dim", 12);
              ObjectNode vision = at(node, "/model_cfg").putObject("vision_cfg");
              vision.put("image_size", 96).put("width", 4).put("head_width", 32);
              vision.putNull("patch_size").putArray("layers").add(1).add(2).add(1).add(1);
            });
    Path weights = folder.resolve("open_clip_model.safetensors");
    Files.delete(weights);
    Files.copy(golden.path("model.safetensors"), weights);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder = VisionEncoders.load(folder, Dtype.F32, Device.CPU)) {
      assertEqual(encoder.encode(input(golden)), golden, "grid", 1e-4);
      assertEqual(
          encoder.stages(input(golden)).get("image_features"), golden, "image_features", 1e-4);
      assertThat(VisionEncoders.shape(folder).parameters()).isEqualTo(encoder.parameterCount());
    }
  }

  @Test
  void theProcessorIsThatOfItsFile() throws IOException {
    Path squash = folder(node -> {});
    assertThat(VisionEncoders.processor(squash).identity())
        .isEqualTo(
            ImageProcessor.squash(
                    24,
                    Filter.BICUBIC,
                    new Normalization(
                        Normalization.UNIT_SCALE,
                        new double[] {0.4, 0.5, 0.6},
                        new double[] {0.2, 0.3, 0.4}))
                .identity());
    Path plain = folder(node -> node.remove("preprocess_cfg"));
    assertThat(VisionEncoders.processor(plain).identity())
        .isEqualTo(shortest(Filter.BICUBIC).identity());
    Path shortest =
        folder(
            node -> {
              node.putObject("preprocess_cfg").put("interpolation", "bilinear");
            });
    assertThat(VisionEncoders.processor(shortest).identity())
        .isEqualTo(shortest(Filter.BILINEAR).identity());
  }

  /** Open_clip crops by torchvision, which rounds otherwise than Hugging Face. */
  private static ImageProcessor shortest(Filter filter) {
    return new ImageProcessor(
        List.of(new ImageStep.ResizeShortestEdge(24, filter), new ImageStep.EvenCrop(24)),
        Normalization.CLIP);
  }

  @Test
  void theFormOfHuggingFaceComesFirst() throws IOException {
    Path folder = folder(node -> {});
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"clip\"}");
    assertThat(OpenClipFolder.is(folder)).isFalse();
    assertThat(OpenClipFolder.is(temporary)).isFalse();
  }

  @Test
  void everyNameIsReadByOneOfTheTowers() throws IOException {
    Path path = folder(node -> {});
    OpenClipFolder folder = OpenClipFolder.read(path);
    try (Checkpoint checkpoint = folder.open()) {
      Set<String> names = new TreeSet<>();
      ClipVitKeys.of(checkpoint, folder.vit()).storedNames().forEach(names::add);
      TextTowerKeys.of(checkpoint, folder.text()).storedNames().forEach(names::add);
      names.add("logit_scale");
      assertThat(names).isEqualTo(new TreeSet<>(checkpoint.names()));
    }
    EncoderShape shape = VisionEncoders.shape(path);
    assertThat(shape.tokens()).isEqualTo(10);
    assertThat(shape.width()).isEqualTo(48);
  }

  @Test
  void whatIsNotComputedHereIsRefusedByName() throws IOException {
    record Case(Consumer<ObjectNode> change, String said) {}
    String vision = "/model_cfg/vision_cfg";
    String text = "/model_cfg/text_cfg";
    for (Case one :
        List.of(
            new Case(node -> at(node, vision).put("timm_model_name", "x"), "'timm_model_name'"),
            new Case(node -> at(node, vision).put("ls_init_value", 0.1), "'ls_init_value'"),
            new Case(node -> at(node, vision).put("pool_type", "avg"), "'pool_type'"),
            new Case(node -> at(node, vision).put("hed_width", 16), "'hed_width'"),
            new Case(node -> at(node, vision).put("head_width", 0), "head_width"),
            new Case(node -> at(node, vision).put("mlp_ratio", -1), "'mlp_ratio'"),
            new Case(
                node -> at(node, vision).put("image_size", 32).putArray("layers").add(1),
                "four stages"),
            new Case(node -> at(node, text).put("hf_model_name", "x"), "'hf_model_name'"),
            new Case(node -> at(node, text).put("no_causal_mask", true), "'no_causal_mask'"),
            new Case(node -> at(node, text).put("pool_type", "last"), "'pool_type'"),
            new Case(node -> at(node, text).put("heads", 0), "heads"),
            new Case(node -> at(node, text).put("layers", 3), "resblocks.2"),
            new Case(node -> at(node, "/model_cfg").put("init_logit_bias", -10), "init_logit"),
            new Case(node -> at(node, "/model_cfg").remove("embed_dim"), "'embed_dim'"),
            new Case(node -> at(node, "/model_cfg").putObject("multimodal_cfg"), "multimodal"),
            new Case(node -> node.remove("model_cfg"), "'model_cfg'"),
            new Case(
                node -> at(node, "/preprocess_cfg").put("resize_mode", "widest"), "resize_mode"),
            new Case(node -> at(node, "/preprocess_cfg").put("interpolation", "random"), "random"),
            new Case(node -> at(node, "/preprocess_cfg").putArray("mean").add(1), "mean"))) {
      Path folder = folder(one.change());
      assertThatThrownBy(() -> DualEncoder.load(folder, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining(one.said());
    }
  }
}
