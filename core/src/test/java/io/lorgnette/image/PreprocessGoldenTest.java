package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.testing.Golden;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding, resizing and normalising against the reference image processors. */
class PreprocessGoldenTest {

  private static final Golden GOLDEN = Golden.open("goldens/preprocess");
  private static final JsonNode JSON = GOLDEN.json();
  private static final ImageReader.Options PLAIN = ImageReader.Options.DEFAULT.withUpright(false);

  private static final Map<String, ImageProcessor> PROCESSORS =
      Map.of(
          "clip56.pil", ImageProcessor.clip(56),
          "clip224.pil", ImageProcessor.clip(224),
          "blip64.pil", ImageProcessor.blip(64),
          "siglip48.pil", ImageProcessor.siglip(48));

  static Stream<String> images() {
    return JSON.get("images").properties().stream().map(Map.Entry::getKey);
  }

  static Stream<String> tensors() {
    return GOLDEN.names().stream().filter(name -> !name.endsWith("@float"));
  }

  @ParameterizedTest
  @MethodSource("images")
  void decodesAsPillowDoes(String name) {
    String stem = name.substring(0, name.lastIndexOf('.'));
    ImageReader.Options drop = PLAIN.withAlpha(Alpha.DROP);
    compare(name, ImageReader.read(GOLDEN.path("images/" + name), drop), stem + ".png");
    if (JSON.at("/images").get(name).get("transparent").booleanValue()) {
      RgbImage onWhite = ImageReader.read(GOLDEN.path("images/" + name), PLAIN);
      compare(name, onWhite, stem + ".on-white.png");
    }
  }

  private static void compare(String name, RgbImage actual, String decoded) {
    RgbImage expected = ImageReader.read(GOLDEN.path("decoded/" + decoded));
    assertThat(List.of(actual.width(), actual.height()))
        .containsExactly(expected.width(), expected.height());
    assertThat(Pixels.largestDifference(actual.rgb(), expected.rgb())).as(name).isZero();
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void resizesAndNormalisesAsTheReferenceDoes(String tensor) {
    String processorName = tensor.substring(0, tensor.indexOf('/'));
    String image = tensor.substring(tensor.indexOf('/') + 1);
    ImageProcessor processor = PROCESSORS.get(processorName);
    ImageReader.Options options = PLAIN;
    if (image.endsWith("@alpha-dropped")) {
      options = options.withAlpha(Alpha.DROP);
    } else if (image.endsWith("@upright")) {
      options = options.withUpright(true);
    }
    String file = image.replaceFirst("@.*", "");
    RgbImage picture = ImageReader.read(GOLDEN.path("images/" + file), options);

    RgbImage seen = processor.resizedAndCropped(picture);
    assertThat(seen.width()).isEqualTo(processor.size()).isEqualTo(seen.height());
    assertThat(Pixels.planar(seen)).as(tensor).isEqualTo(GOLDEN.bytes(tensor));

    float[] values = processor.process(picture);
    float[] expected =
        GOLDEN.has(tensor + "@float")
            ? GOLDEN.floats(tensor + "@float")
            : normalised(GOLDEN.bytes(tensor), JSON.get("processors").get(processorName));
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(values[i] - expected[i])).isLessThanOrEqualTo(1e-6f);
    }
  }

  /** Bytes [3, H, W] to pixel values by the settings of the reference processor. */
  private static float[] normalised(byte[] bytes, JsonNode settings) {
    int pixels = bytes.length / 3;
    float[] values = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int c = i / pixels;
      float unit = (float) ((bytes[i] & 0xFF) * settings.get("rescale_factor").asDouble());
      float mean = (float) settings.get("image_mean").get(c).asDouble();
      values[i] = (unit - mean) / (float) settings.get("image_std").get(c).asDouble();
    }
    return values;
  }

  @Test
  void coversEveryProcessorAndVariant() {
    assertThat(tensors().map(n -> n.substring(0, n.indexOf('/'))).distinct())
        .containsExactlyInAnyOrderElementsOf(PROCESSORS.keySet());
    assertThat(tensors().filter(n -> n.endsWith("@alpha-dropped"))).hasSize(9);
    assertThat(tensors().filter(n -> n.endsWith("@upright"))).hasSize(6);
    assertThat(tensors().filter(n -> GOLDEN.has(n + "@float"))).hasSize(3);
    assertThat(images().filter(n -> Files.exists(GOLDEN.path("images/" + n)))).hasSize(20);
  }
}
