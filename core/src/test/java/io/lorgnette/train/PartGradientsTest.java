package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartGradientsTest {

  /** Parts whose losses are {@code factor * sum(w^2)}: the gradient is {@code 2 w sum(factors)}. */
  private static List<TrainingTask.Part> squares(double... factors) {
    List<TrainingTask.Part> parts = new ArrayList<>();
    for (double factor : factors) {
      parts.add((leaves, dropout) -> leaves.get("w").square().sum().mul(new Scalar(factor)));
    }
    return parts;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void addUpOverPartsAndMicroBatches(int count) {
    int before = Engine.threads();
    try (Scope scope = Scope.open()) {
      Tensor w = Tensors.ofFloats(new float[] {1, -3}, 2).requires_grad_(true);
      Tensor idle = Tensors.ofFloats(new float[] {5}, 1).requires_grad_(true);
      double[] factors = new double[count];
      java.util.Arrays.fill(factors, 1.0 / count);
      try (PartGradients gradients = new PartGradients(Map.of("w", w, "idle", idle), count)) {
        assertThat(Engine.threads()).isEqualTo(count == 1 ? before : 1);
        for (int micro = 0; micro < 2; micro++) {
          assertThat(gradients.add(squares(factors), 0.5, 1, true)).isEqualTo(10);
        }
        // A small batch may have fewer parts than there are workers.
        gradients.add(squares(2), 1, 1, true);
      }
      assertThat(Tensors.toFloats(w.grad())).containsExactly(2 + 4, -6 - 12);
      assertThat(idle.grad().defined()).isFalse();
      assertThat(Engine.threads()).isEqualTo(before);
    }
  }

  @Test
  void theDropoutOfAPartDependsOnTheSeedAndItsPlaceAlone() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensors.ofFloats(new float[64], 64).add(new Scalar(1)).requires_grad_(true);
      TrainingTask.Part part = (leaves, dropout) -> dropout.apply(leaves.get("w"), 0.5).sum();
      try (PartGradients gradients = new PartGradients(Map.of("w", w), 2)) {
        double first = gradients.add(List.of(part, part), 1, 7, true);
        assertThat(gradients.add(List.of(part, part), 1, 7, true)).isEqualTo(first);
        assertThat(
                gradients.add(List.of(part), 1, 7, true) + gradients.add(List.of(part), 1, 8, true))
            .isEqualTo(first);
      }
    }
  }

  @Test
  void aFailureOfAPartIsThrownAsItIs() {
    try (Scope scope = Scope.open()) {
      Tensor w = Tensors.ofFloats(new float[] {1}, 1).requires_grad_(true);
      TrainingTask.Part broken =
          (leaves, dropout) -> {
            throw new IllegalArgumentException("no such image");
          };
      try (PartGradients gradients = new PartGradients(Map.of("w", w), 2)) {
        List<TrainingTask.Part> parts = List.of(squares(1).get(0), broken);
        assertThatThrownBy(() -> gradients.add(parts, 1, 1, true))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("no such image");
      }
    }
  }
}
