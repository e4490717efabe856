package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Processors read from the files of Hugging Face, timm and open_clip, against those libraries. */
class ProcessorsGoldenTest {

  private static final Golden GOLDEN = Golden.open("goldens/processors");
  private static final Golden PREPROCESS = Golden.open("goldens/preprocess");

  @TempDir Path folder;

  static Stream<String> configs() {
    return GOLDEN.json().get("configs").properties().stream().map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void pixelsEqualTheReference(String config) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, GOLDEN.json().get("configs").get(config).toString());
    int pictures = 0;
    for (JsonNode name : GOLDEN.json().get("pictures")) {
      String picture = name.textValue();
      RgbImage image = ImageReader.read(PREPROCESS.path("decoded/" + picture + ".png"));
      String key = config + "/" + picture;
      if (config.startsWith("siglip2")) {
        patches(NaflexProcessor.fromConfig(file).process(image), key);
      } else {
        RgbImage seen = ImageProcessor.fromConfig(file).resizedAndCropped(image);
        assertThat(Pixels.planar(seen)).as(key).isEqualTo(GOLDEN.bytes(key));
      }
      pictures++;
    }
    assertThat(pictures).isEqualTo(8);
  }

  private static void patches(NaflexProcessor.Patches patches, String key) {
    JsonNode shape = GOLDEN.json().get("shapes").get(key);
    assertThat(patches.rows()).as(key).isEqualTo(shape.get(0).intValue());
    assertThat(patches.columns()).as(key).isEqualTo(shape.get(1).intValue());
    float[] expected = GOLDEN.floats(key);
    assertThat(patches.values()).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(patches.values()[i] - expected[i])).as(key).isLessThanOrEqualTo(1e-6f);
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void normalisationEqualsTheReference(String config) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, GOLDEN.json().get("configs").get(config).toString());
    JsonNode norms = GOLDEN.json().get("norms").get(config);
    Normalization actual =
        config.startsWith("siglip2")
            ? NaflexProcessor.fromConfig(file).normalization()
            : ImageProcessor.fromConfig(file).normalization();
    assertThat(actual.identity())
        .isEqualTo(
            new Normalization(
                    Normalization.UNIT_SCALE, triple(norms.get("mean")), triple(norms.get("std")))
                .identity());
  }

  private static double[] triple(JsonNode values) {
    return new double[] {
      values.get(0).asDouble(), values.get(1).asDouble(), values.get(2).asDouble()
    };
  }
}
