package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConvolutionTest {

  @BeforeEach
  void seed() {
    Engine.threads(1);
    Engine.seed(5);
  }

  /** Without gradients another kernel is used than with them. */
  private static void bothKernelsAgree(
      Convolution convolution, Tensor x, Tensor weight, Tensor bias) {
    Tensor expected = convolution.apply(x, weight, bias);
    Tensor fast;
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      fast = convolution.apply(x, weight, bias);
    }
    assertThat(Tensors.shape(fast)).isEqualTo(Tensors.shape(expected));
    float[] a = Tensors.toFloats(fast);
    float[] b = Tensors.toFloats(expected);
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i])).isLessThan(5e-5f);
    }
  }

  private static Tensor maps(long batch, long channels, long side) {
    return torch.randn(batch, channels, side, side).contiguous(torch.MemoryFormat.ChannelsLast);
  }

  @Test
  void isTheSameWithAndWithoutGradients() {
    try (Scope scope = Scope.open()) {
      Tensor bias = torch.randn(24);
      for (long batch : new long[] {1, 3, 16}) {
        Tensor x = maps(batch, 12, 9);
        for (boolean relu6 : new boolean[] {true, false}) {
          Tensor places = torch.randn(24, 12, 1, 1);
          bothKernelsAgree(new Convolution(1, 0, 1, relu6), x, places, bias);
          bothKernelsAgree(new Convolution(2, 1, 1, relu6), x, torch.randn(24, 12, 3, 3), null);
          Tensor depthwise = torch.randn(24, 1, 5, 5);
          bothKernelsAgree(new Convolution(1, 2, 12, relu6), x, depthwise, bias);
        }
      }
    }
  }

  @Test
  void cutsValuesWhereAskedTo() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor x = maps(2, 4, 5);
      Tensor weight = torch.randn(8, 4, 3, 3);
      float[] plain = Tensors.toFloats(Convolution.of(1, 1).apply(x, weight, null));
      float[] cut = Tensors.toFloats(new Convolution(1, 1, 1, true).apply(x, weight, null));
      assertThat(beyond(plain)).isTrue();
      for (int i = 0; i < cut.length; i++) {
        assertThat(cut[i]).isEqualTo(Math.min(6, Math.max(0, plain[i])));
      }
    }
  }

  private static boolean beyond(float[] values) {
    boolean below = false;
    boolean above = false;
    for (float value : values) {
      below |= value < 0;
      above |= value > 6;
    }
    return below && above;
  }

  @Test
  void keepsTheOrderOfMemory() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor y = Convolution.of(1, 0).apply(maps(2, 4, 5), torch.randn(8, 4, 1, 1), null);
      assertThat(y.is_contiguous(torch.MemoryFormat.ChannelsLast)).isTrue();
    }
  }
}
