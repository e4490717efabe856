package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ActivationTest {

  @Test
  void squaresWhatReluLeaves() {
    try (Scope scope = Scope.open()) {
      Tensor x = Tensors.ofFloats(new float[] {-2, 0, 0.5f, 3}, 4);
      assertThat(Tensors.toFloats(Activation.SQUARED_RELU.apply(x)))
          .containsExactly(0, 0, 0.25f, 9);
      assertThat(Activation.named("relu2")).isEqualTo(Activation.SQUARED_RELU);
    }
  }
}
