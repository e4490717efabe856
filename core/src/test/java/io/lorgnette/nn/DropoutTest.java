package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DropoutTest {

  private static final int VALUES = 100_003; // no multiple of what one number decides

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "BF16", "F16"})
  void keepsAShareOfTheValuesAndTheirSum(Dtype dtype) {
    try (Scope scope = Scope.open()) {
      Tensor ones =
          Tensors.to(Tensors.empty(Dtype.F32, Device.CPU, VALUES).fill_(new Scalar(1)), dtype);
      for (double share : new double[] {0.1, 0.5, 0.97}) {
        float[] dropped =
            Tensors.toFloats(Tensors.to(Dropout.seeded(3).apply(ones, share), Dtype.F32));
        int zeros = 0;
        for (float value : dropped) {
          if (value == 0) {
            zeros++;
          } else {
            assertThat((double) value * (1 - share)).isBetween(1 - 0.004, 1 + 0.004); // of BF16
          }
        }
        // Five standard deviations of a count of 100,003.
        double deviation = Math.sqrt(VALUES * share * (1 - share));
        assertThat((double) zeros)
            .isBetween(VALUES * share - 5 * deviation, VALUES * share + 5 * deviation);
      }
    }
  }

  /** Every place of the four that share a number is dropped alike, and no two go together. */
  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "BF16"})
  void neighboursAreDroppedIndependently(Dtype dtype) {
    try (Scope scope = Scope.open()) {
      Tensor ones =
          Tensors.to(Tensors.empty(Dtype.F32, Device.CPU, VALUES).fill_(new Scalar(1)), dtype);
      float[] dropped = Tensors.toFloats(Tensors.to(Dropout.seeded(8).apply(ones, 0.5), Dtype.F32));
      int[] alone = new int[4];
      int[] together = new int[4];
      for (int i = 0; i + 1 < VALUES - 3; i++) {
        alone[i % 4] += dropped[i] == 0 ? 1 : 0;
        together[i % 4] += dropped[i] == 0 && dropped[i + 1] == 0 ? 1 : 0;
      }
      for (int place = 0; place < 4; place++) {
        assertThat(alone[place]).isBetween(12_100, 12_900); // of 25,000, five deviations of 79
        assertThat(together[place]).isBetween(5_900, 6_600); // a quarter
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "BF16"})
  void theSeedAloneDecides(Dtype dtype) {
    try (Scope scope = Scope.open()) {
      Tensor ones =
          Tensors.to(Tensors.empty(Dtype.F32, Device.CPU, 40, 25).fill_(new Scalar(1)), dtype);
      Dropout stream = Dropout.seeded(4);
      Tensor first = stream.apply(ones, 0.1);
      Tensor second = stream.apply(ones, 0.1);
      assertThat(first.equal(second)).isFalse();
      assertThat(Dropout.seeded(4).apply(ones, 0.1).equal(first)).isTrue();
      assertThat(Dropout.seeded(5).apply(ones, 0.1).equal(first)).isFalse();
      assertThat(Dropout.NONE.apply(ones, 0.1)).isSameAs(ones);
    }
  }
}
