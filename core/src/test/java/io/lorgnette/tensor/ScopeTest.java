package io.lorgnette.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class ScopeTest {

  @Test
  void whatIsNotKeptIsFreed() {
    Tensor lost;
    try (Scope scope = Scope.open()) {
      lost = Tensors.ofFloats(new float[] {1}, 1);
    }
    assertThat(lost.isNull()).isTrue();
  }

  @Test
  void whatIsKeptBelongsToTheEnclosingScope() {
    Tensor kept;
    try (Scope outer = Scope.open()) {
      try (Scope inner = Scope.open()) {
        kept = inner.keep(Tensors.ofFloats(new float[] {1, 2}, 2));
      }
      assertThat(Tensors.toFloats(kept)).containsExactly(1, 2);
    }
    assertThat(kept.isNull()).isTrue();
  }

  @Test
  void whatIsReleasedOutlivesEveryScope() {
    Tensor released;
    try (Scope outer = Scope.open();
        Scope inner = Scope.open()) {
      released = Scope.release(Tensors.ofFloats(new float[] {3}, 1));
    }
    assertThat(Tensors.toFloats(released)).containsExactly(3);
    released.close();
    assertThat(released.isNull()).isTrue();
  }

  @Test
  void manyStepsLeaveNothingBehind() {
    try (Scope warm = Scope.open()) {
      step();
    }
    long before = Tensors.liveNativeObjects();
    for (int i = 0; i < 1000; i++) {
      try (Scope scope = Scope.open()) {
        step();
      }
    }
    assertThat(Tensors.liveNativeObjects()).isEqualTo(before);
  }

  private static void step() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor x = Tensors.zeros(Dtype.F32, Device.CPU, 8, 8);
      torch.matmul(x, x).add(new Scalar(1));
    }
  }

  @Test
  void gradientsComeBackAfterNoGrad() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensors.ofFloats(new float[] {2}, 1).set_requires_grad(true);
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        assertThat(w.mul(w).requires_grad()).isFalse();
      }
      assertThat(w.mul(w).requires_grad()).isTrue();
    }
  }

  @Test
  void valuesMustFillTheShape() {
    assertThatThrownBy(() -> Tensors.ofFloats(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 values do not fill the shape [2, 3]");
  }

  @Test
  void numericsAreChosenAndCompared() {
    Numerics here = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    assertThat(here.format()).isEqualTo(Dtype.F32);
    assertThat(here.threads()).isEqualTo(1);
    here.requireSame(here);
    Numerics elsewhere = new Numerics(Device.CPU, Dtype.F32, 1, "another processor");
    assertThatThrownBy(() -> elsewhere.requireSame(here))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--accept-different-numerics");
    assertThat(Numerics.choose(Device.CPU, Numerics.Format.AUTO, 0).format())
        .isIn(Dtype.F32, Dtype.BF16);
  }
}
