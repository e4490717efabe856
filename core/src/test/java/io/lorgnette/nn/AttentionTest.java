package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The explicit bf16 path against the fused F32 kernel, values and gradients. */
class AttentionTest {

  private static Tensor random(long... shape) {
    return torch.rand(shape).sub(new Scalar(0.5));
  }

  @ParameterizedTest
  @CsvSource({"causal, 4", "causal, 2", "masked, 4", "masked, 2", "free, 1"})
  void bf16AgreesWithTheFusedKernel(String kind, int kvHeads) {
    Engine.seed(3);
    try (Scope scope = Scope.open()) {
      Tensor q = random(2, 4, 7, 8).set_requires_grad(true);
      Tensor k = random(2, kvHeads, 7, 8).set_requires_grad(true);
      Tensor v = random(2, kvHeads, 7, 8).set_requires_grad(true);
      Tensor mask = null;
      if (kind.equals("masked")) {
        Tensor t = Tensors.range(7, Device.CPU);
        mask = t.view(1, 7).le(t.view(7, 1)).logical_and(t.view(1, 7).ne(new Scalar(2)));
        mask = mask.logical_or(t.view(1, 7).eq(t.view(7, 1)));
      }
      boolean causal = kind.equals("causal");
      Tensor fused = Attention.attend(q, k, v, mask, causal);
      fused.sum().backward();
      float[] values = Tensors.toFloats(fused);
      float[] gradient = Tensors.toFloats(k.grad());
      k.mutable_grad().reset();
      Tensor explicit =
          Attention.attend(
              Tensors.to(q, Dtype.BF16),
              Tensors.to(k, Dtype.BF16),
              Tensors.to(v, Dtype.BF16),
              mask,
              causal);
      explicit.sum().backward();
      assertClose(Tensors.toFloats(explicit), values, 0.01f);
      assertClose(Tensors.toFloats(k.grad()), gradient, 0.03f);
    }
  }

  /** What a cache has room for changes nothing, whatever stands there. */
  @ParameterizedTest
  @CsvSource({"4, false", "2, false", "4, true", "2, true"})
  void bf16PassesOverRoomForMore(int kvHeads, boolean masked) {
    Engine.seed(3);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor q = Tensors.to(random(8, 4, 1, 8), Dtype.BF16);
      Tensor k = Tensors.to(random(8, kvHeads, 9, 8), Dtype.BF16);
      Tensor v = Tensors.to(random(8, kvHeads, 9, 8), Dtype.BF16);
      Tensor mask = masked ? Tensors.range(7, Device.CPU).ne(new Scalar(2)).view(1, 1, 1, 7) : null;
      double scale = 0.4;
      KvCache.Held held = new KvCache.Held(k, v, 7);
      Tensor seen = Attention.attend(q, held, mask, false, scale);
      Tensor expected =
          Attention.attend(
              Tensors.to(q, Dtype.F32),
              Tensors.to(held.keys(), Dtype.F32),
              Tensors.to(held.values(), Dtype.F32),
              mask,
              false,
              scale);
      assertClose(Tensors.toFloats(seen), Tensors.toFloats(expected), 0.01f);
    }
  }

  private static void assertClose(float[] actual, float[] expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).isLessThan(tolerance);
    }
  }
}
