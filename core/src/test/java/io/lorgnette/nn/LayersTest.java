package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayersTest {

  @BeforeEach
  void seed() {
    Engine.threads(1);
    Engine.seed(3);
  }

  /** Without gradients other kernels are used than with them. */
  private static void bothKernelsAgree(Tensor x, Tensor weight, Tensor bias) {
    Tensor expected = Layers.linear(x, weight, bias);
    Tensor fast;
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      fast = Layers.linear(x, weight, bias);
    }
    assertThat(Tensors.shape(fast)).isEqualTo(Tensors.shape(expected));
    float[] a = Tensors.toFloats(fast);
    float[] b = Tensors.toFloats(expected);
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i])).isLessThan(2e-5f);
    }
  }

  @Test
  void linearIsTheSameWithAndWithoutGradients() {
    try (Scope scope = Scope.open()) {
      Tensor weight = torch.randn(24, 40);
      Tensor bias = torch.randn(24);
      for (long rows : new long[] {0, 1, 2, 5, 33}) {
        bothKernelsAgree(torch.randn(rows, 40), weight, bias);
        bothKernelsAgree(torch.randn(rows, 40), weight, null);
        bothKernelsAgree(torch.randn(rows, 3, 40), weight, bias);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void linearWithAnActivationIsBothInTurn(Activation activation) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      assumeTrue(OneDnn.packs(Dtype.F32, Device.CPU));
      Tensor weight = torch.randn(24, 40);
      Tensor bias = torch.randn(24);
      Tensor x = torch.randn(5, 40);
      Parameters packed =
          Parameters.of(Map.of("weight.packed", OneDnn.get().pack(weight), "bias", bias));
      float[] a = Tensors.toFloats(Layers.linear(x, packed, activation));
      float[] b =
          Tensors.toFloats(activation.apply(torch.linear(x, weight, Tensors.optional(bias))));
      for (int i = 0; i < a.length; i++) {
        assertThat(a[i]).isCloseTo(b[i], within(1e-4f * (1 + Math.abs(b[i]))));
      }
    }
  }

  @Test
  void linearTakesViewsWithGaps() {
    try (Scope scope = Scope.open()) {
      Tensor weight = torch.randn(24, 40);
      Tensor lastPositions = torch.randn(4, 7, 40).select(1, 6);
      Tensor turned = torch.randn(3, 40, 5).transpose(1, 2);
      Tensor middle = torch.randn(6, 100).narrow(1, 30, 40);
      bothKernelsAgree(lastPositions, weight, null);
      bothKernelsAgree(turned, weight, null);
      bothKernelsAgree(middle, torch.randn(40, 24).t(), torch.randn(24));
    }
  }
}
