package io.lorgnette.pocket.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.image.RgbImage;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.EfficientNetLite;
import io.lorgnette.vision.VisionEncoders;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The embedded encoder against the Python package that its weights come from: stored outputs for
 * three pictures drawn by integer formulas, see {@code tools/pocket/make_vision.py}.
 */
final class PocketVisionTest {

  private static final int SIZE = 224;

  /** Of the tensor's root mean square. */
  private static final double TOLERANCE = 1e-3;

  private static JsonNode golden;
  private static EfficientNetLite encoder;

  @BeforeAll
  static void load() throws IOException, URISyntaxException {
    try (InputStream in =
        PocketVisionTest.class.getResourceAsStream("/goldens/pocket-vision/golden.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    Path config =
        Path.of(
            PocketVisionTest.class.getResource("/io/lorgnette/pocket/vision/config.json").toURI());
    encoder = (EfficientNetLite) VisionEncoders.load(config.getParent(), Dtype.F32, Device.CPU);
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @Test
  void everyStageEqualsTheSourceOfTheWeights() {
    Map<String, float[]> pictures = pictures();
    assertThat(golden.path("pictures").size()).isEqualTo(pictures.size());
    pictures.forEach(
        (name, pixels) -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            Tensor input = Tensors.ofFloats(pixels, 1, 3, SIZE, SIZE);
            Map<String, Tensor> stages = new LinkedHashMap<>(encoder.stages(input));
            stages.put("logits", encoder.logits(input));
            JsonNode expected = golden.path("pictures").path(name);
            assertThat(stages.keySet()).hasSize(expected.size()).hasSize(10);
            stages.forEach(
                (stage, value) -> check(name + " " + stage, value, expected.path(stage)));
          }
        });
  }

  private static void check(String what, Tensor value, JsonNode expected) {
    long[] shape = Tensors.shape(value);
    for (int i = 1; i < shape.length; i++) {
      assertThat(shape[i]).as(what).isEqualTo(expected.path("shape").path(i - 1).longValue());
    }
    float[] values = Tensors.toFloats(value);
    double sum = 0;
    double squares = 0;
    for (float v : values) {
      sum += v;
      squares += (double) v * v;
    }
    double rms = expected.path("rms").doubleValue();
    assertThat(rms).as(what).isPositive();
    double tolerance = TOLERANCE * rms;
    close(what + " mean", sum / values.length, expected.path("mean"), tolerance);
    close(what + " rms", Math.sqrt(squares / values.length), expected.path("rms"), tolerance);
    assertThat(expected.path("places").size()).isEqualTo(24);
    for (int i = 0; i < expected.path("places").size(); i++) {
      int place = expected.path("places").path(i).intValue();
      close(what + " at " + place, values[place], expected.path("values").path(i), tolerance);
    }
  }

  private static void close(String what, double actual, JsonNode expected, double tolerance) {
    assertThat(Math.abs(actual - expected.doubleValue()))
        .as("%s: %s instead of %s", what, actual, expected)
        .isLessThanOrEqualTo(tolerance);
  }

  @Test
  void gives49TokensOfWidth1280() {
    assertThat(encoder.tokens()).isEqualTo(49);
    assertThat(encoder.width()).isEqualTo(1280);
    assertThat(encoder.parameterCount()).isEqualTo(4_652_008);
  }

  @Test
  void itsProcessorNormalisesAsTheWeightsExpect() {
    assertThat(encoder.processor().size()).isEqualTo(SIZE);
    byte[] rgb = new byte[3 * SIZE * SIZE];
    rgb[0] = (byte) 200;
    rgb[1] = 127;
    float[] pixels = encoder.processor().process(new RgbImage(SIZE, SIZE, rgb));
    assertThat(pixels[0]).isCloseTo(normalised(200), within(1e-6f));
    assertThat(pixels[SIZE * SIZE]).isCloseTo(normalised(127), within(1e-6f));
    assertThat(pixels[2 * SIZE * SIZE]).isCloseTo(normalised(0), within(1e-6f));
  }

  /** Noise, a ramp with stripes, a disc on a chequerboard; normalised. */
  private static Map<String, float[]> pictures() {
    float[] noise = new float[3 * SIZE * SIZE];
    float[] ramp = new float[noise.length];
    float[] disc = new float[noise.length];
    int state = 20201;
    for (int i = 0; i < noise.length; i++) {
      state = state * 1664525 + 1013904223;
      noise[i] = normalised(state >>> 24);
      int c = i / (SIZE * SIZE);
      int y = i / SIZE % SIZE;
      int x = i % SIZE;
      ramp[i] = normalised((x * (c + 1) + y * (3 - c) + 40 * ((x / 16 + y / 8) % 3)) % 256);
      boolean inside = (x - 100) * (x - 100) + (y - 120) * (y - 120) < 70 * 70;
      disc[i] =
          normalised(inside ? 220 - 90 * c + y / 8 : 60 + 50 * ((x / 28 + y / 28) % 2) + 20 * c);
    }
    Map<String, float[]> pictures = new LinkedHashMap<>();
    pictures.put("noise", noise);
    pictures.put("ramp", ramp);
    pictures.put("disc", disc);
    return pictures;
  }

  private static float normalised(int value) {
    return (value - 127f) / 128f;
  }
}
