package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import org.bytedeco.pytorch.Tensor;

/** Comparisons at the tolerances of the goldens. */
final class Differences {

  private Differences() {}

  static Tensor floats(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  static Tensor longs(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  static float largest(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    float largest = 0;
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isFinite();
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  static void assertClose(Tensor tensor, Golden golden, String name) {
    assertThat(largest(Tensors.toFloats(tensor), golden.floats(name))).as(name).isLessThan(1e-4f);
  }

  static void assertLoss(Tensor loss, Golden golden, String name) {
    float expected = golden.floats(name)[0];
    assertThat(Tensors.value(loss)).as(name).isCloseTo(expected, within(1e-5 * expected));
  }

  /** A gradient within a share of its largest value. */
  static void assertGradient(Tensor gradient, Golden golden, String name) {
    float[] expected = golden.floats(name);
    float scale = largest(expected, new float[expected.length]);
    assertThat(scale).as(name).isPositive();
    assertThat(largest(Tensors.toFloats(gradient), expected)).as(name).isLessThan(1e-4f * scale);
  }
}
