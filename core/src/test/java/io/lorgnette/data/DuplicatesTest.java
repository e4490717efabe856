package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.image.Filter;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.Resampler;
import io.lorgnette.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicatesTest {

  @TempDir Path folder;

  /** A picture of soft blobs, different for each seed. */
  private static RgbImage picture(long seed, int width, int height) {
    Random random = new Random(seed);
    byte[] small = new byte[3 * 6 * 5];
    random.nextBytes(small);
    return Resampler.resize(new RgbImage(6, 5, small), width, height, Filter.BICUBIC);
  }

  private static byte[] jpeg(RgbImage image, float quality) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    param.setCompressionQuality(quality);
    try (var out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image.toBufferedImage(), null, null), param);
    } finally {
      writer.dispose();
    }
    assertThat(ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()))).isNotNull();
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"320, 240, 0.9", "224, 224, 0.7", "160, 120, 0.4", "640, 300, 0.8"})
  void copiesInOtherSizesProportionsAndQualitiesAreNear(int width, int height, float quality)
      throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      ImageHash original = ImageHash.of(picture(seed, 320, 240));
      RgbImage scaled = Resampler.resize(picture(seed, 320, 240), width, height, Filter.BICUBIC);
      RgbImage copy = ImageReader.read(jpeg(scaled, quality), "copy");
      assertThat(ImageHash.of(copy).distance(original))
          .as("seed %d", seed)
          .isLessThanOrEqualTo(ImageHash.NEAR);
    }
  }

  @Test
  void otherPicturesAreFar() {
    List<ImageHash> hashes = new ArrayList<>();
    for (long seed = 0; seed < 60; seed++) {
      hashes.add(ImageHash.of(picture(seed, 90, 70)));
    }
    for (int i = 0; i < hashes.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(hashes.get(i).distance(hashes.get(j))).isGreaterThan(ImageHash.NEAR);
      }
      assertThat(hashes.get(i).distance(hashes.get(i))).isZero();
    }
  }

  @Test
  void bitsAreBrighterNeighboursToTheRightAndBelow() {
    byte[] rgb = new byte[3 * 9 * 9];
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 9; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * (9 * y + x) + c] = (byte) (20 * x);
        }
      }
    }
    assertThat(ImageHash.of(new RgbImage(9, 9, rgb))).isEqualTo(new ImageHash(-1, 0));
    assertThat(new ImageHash(-1, 0).distance(new ImageHash(-2, 1))).isEqualTo(2);
  }

  @Test
  void pairsAreFoundNearestFirst() {
    List<Duplicates.Hashed> first =
        List.of(
            new Duplicates.Hashed("a", new ImageHash(0, 0)),
            new Duplicates.Hashed("b", new ImageHash(0xFFFF, 0)));
    List<Duplicates.Hashed> second =
        List.of(
            new Duplicates.Hashed("x", new ImageHash(7, 0)),
            new Duplicates.Hashed("y", new ImageHash(0, 1)),
            new Duplicates.Hashed("z", new ImageHash(-1, -1)));
    assertThat(Duplicates.images(first, second, 3))
        .containsExactly(new Duplicates.Pair("a", "y", 1), new Duplicates.Pair("a", "x", 3));
    assertThat(Duplicates.images(first, second, 2)).hasSize(1);
  }

  @Test
  void captionsAreEqualButForCaseAndMarks() {
    NativeFiles files =
        new NativeFiles(folder)
            .text(
                "a.jsonl",
                """
                {"image": "1.jpg", "captions": ["A dog's bone .", "Łódź at  night"]}
                {"image": "2.jpg", "caption": "two dogs"}
                """)
            .text(
                "b.jsonl",
                """
                {"image": "7.jpg", "captions": ["a DOGS bone!", "a cat"]}
                {"image": "8.jpg", "captions": ["łódź, at night", "two-dogs"]}
                """);
    String set = "{kind: jsonl, file: %s, images: []}";
    try (Dataset a = files.open(set.formatted("a.jsonl"), Problems.strict());
        Dataset b = files.open(set.formatted("b.jsonl"), Problems.strict())) {
      assertThat(Duplicates.captions(a, b))
          .containsExactly(
              new Duplicates.Sentence("a DOGS bone!", "1.jpg", "7.jpg"),
              new Duplicates.Sentence("łódź, at night", "1.jpg", "8.jpg"),
              new Duplicates.Sentence("two-dogs", "2.jpg", "8.jpg"));
      assertThat(Duplicates.captions(b, a)).hasSize(3);
    }
    Duplicates.Sentences sentences = new Duplicates.Sentences();
    sentences.add("A cat.");
    sentences.add("...");
    assertThat(sentences.has("a  CAT")).isTrue();
    assertThat(sentences.has("a cats")).isFalse();
    assertThat(sentences.size()).isEqualTo(1);
  }

  // ---- what lies on this machine ----

  @Test
  void aBenchmarkIsCountedAndWhatIsMissingIsSaid() {
    Benchmark.Part part = new Benchmark.Part(Split.VAL, 2, 0, 3, false);
    DataRoots roots = new DataRoots(Optional.of(folder), Optional.empty());
    Benchmark textVqa = Benchmark.named("textvqa");
    BenchmarkCheck nothing = BenchmarkCheck.of(textVqa, part, roots);
    assertThat(nothing.complete()).isFalse();
    assertThat(nothing.sentences())
        .singleElement()
        .asString()
        .startsWith("Data set textvqa: the annotation file is missing; expected at ")
        .contains("TextVQA_0.5.1_val.json");

    NativeFiles files =
        new NativeFiles(folder)
            .text(
                "textvqa/TextVQA_0.5.1_val.json",
                """
                {"data": [
                  {"question_id": 1, "question": "a?", "image_id": "0a", "answers": ["x"]},
                  {"question_id": 2, "question": "b?", "image_id": "0a", "answers": ["x"]},
                  {"question_id": 2, "question": "c?", "image_id": "0b", "answers": ["x"]},
                  {"question_id": 3, "question": "c?", "image_id": "0b"}]}
                """);
    BenchmarkCheck texts = BenchmarkCheck.of(textVqa, part, roots);
    assertThat(texts.questions()).isEqualTo(3);
    assertThat(texts.withAnswers()).isEqualTo(2);
    assertThat(texts.picturesHere()).isZero();
    assertThat(texts.sentences().get(0)).isEqualTo("1 questions have no answers in the files.");
    assertThat(texts.sentences().get(1)).startsWith("left out: 1 duplicate ids; first ");
    assertThat(texts.sentences().get(2)).contains("the images are missing");

    files.photos("textvqa/train_images", "0a.jpg");
    assertThat(BenchmarkCheck.of(textVqa, part, roots).sentences())
        .contains("the pictures of 1 images are missing.");
    files
        .photos("textvqa/train_images", "0b.jpg")
        .text(
            "textvqa/TextVQA_0.5.1_val.json",
            """
            {"data": [
              {"question_id": 1, "question": "a?", "image_id": "0a", "answers": ["x"]},
              {"question_id": 2, "question": "b?", "image_id": "0a", "answers": ["x"]},
              {"question_id": 3, "question": "c?", "image_id": "0b", "answers": ["x"]}]}
            """);
    BenchmarkCheck whole = BenchmarkCheck.of(textVqa, part, roots);
    assertThat(whole.sentences()).isEmpty();
    assertThat(whole.picturesHere()).isEqualTo(2);
    Benchmark.Part official = textVqa.part(Split.VAL).orElseThrow();
    assertThat(BenchmarkCheck.of(textVqa, official, roots).sentences())
        .contains("the files hold 3 questions; the makers' have 5000: this is a part.");
  }

  @Test
  void everyBenchmarkIsAKindWithAPage() throws IOException {
    for (Benchmark benchmark : Benchmark.all()) {
      assertThat(DatasetSpec.names()).contains(benchmark.name());
      String page =
          java.nio.file.Files.readString(
              SharedData.repository().resolve("docs/data/" + benchmark.name() + ".md"));
      assertThat(page).contains(benchmark.paper(), benchmark.licence());
      for (Benchmark.Part part : benchmark.parts()) {
        assertThat(DatasetSpec.named(benchmark.name(), part.split())).isNotNull();
        for (int count : List.of(part.images(), part.captions(), part.questions())) {
          if (count > 0) {
            assertThat(page).contains(String.format(java.util.Locale.ROOT, "%,d", count));
          }
        }
      }
    }
  }
}
