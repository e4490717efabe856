package io.lorgnette.pocket.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** The embedded encoder with its weights in random order, the control of LiMBeR. */
class RandomEncoderTest {

  private static float[] sorted(Tensor tensor) {
    float[] values = Tensors.toFloats(tensor);
    Arrays.sort(values);
    return values;
  }

  private static VisionEncoder load(String output) {
    return VisionEncoders.load(Pocket.vision(), output, Dtype.F32, Device.CPU);
  }

  @Test
  void keepsTheNumbersButNotTheirPlaces() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder learned = VisionEncoders.load(Pocket.vision(), Dtype.F32, Device.CPU);
        VisionEncoder random = load("random");
        VisionEncoder again = load("random");
        VisionEncoder one = load("one-random")) {
      learned
          .parameters()
          .asMap()
          .forEach(
              (name, tensor) -> {
                Tensor other = random.parameters().get(name);
                assertThat(sorted(other)).as(name).isEqualTo(sorted(tensor));
                assertThat(other.equal(tensor)).as(name).isFalse();
              });
      int size = learned.processor().size();
      float[] values = new float[3 * size * size];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i % 17) / 17f - 0.5f;
      }
      Tensor pixels = Tensors.ofFloats(values, 1, 3, size, size);
      float[] seen = Tensors.toFloats(random.encode(pixels));
      assertThat(seen).isEqualTo(Tensors.toFloats(again.encode(pixels)));
      assertThat(seen).isNotEqualTo(Tensors.toFloats(learned.encode(pixels)));
      assertThat(random.tokens()).isEqualTo(learned.tokens());
      assertThat(one.tokens()).isEqualTo(1);
      assertThat(random.identity()).isEqualTo(again.identity()).isNotEqualTo(learned.identity());
    }
  }

  @Test
  void theRestOfTheNameIsAnOutput() {
    assertThat(VisionEncoders.learned("one-random")).isEqualTo("one");
    assertThat(VisionEncoders.learned("random")).isEmpty();
    assertThat(VisionEncoders.learned("last")).isEqualTo("last");
  }
}
