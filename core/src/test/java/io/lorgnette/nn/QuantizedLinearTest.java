package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Precision;
import io.lorgnette.weights.Quantizer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizedLinearTest {

  @BeforeEach
  void seed() {
    Engine.threads(1);
    Engine.seed(78);
  }

  private static Parameters quantized(Tensor weight, Tensor bias, Precision precision) {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(Quantizer.quantize("weight", weight, precision));
    if (bias != null) {
      tensors.put("bias", Tensors.to(bias, precision.compute()));
    }
    return Parameters.of(tensors);
  }

  /** The matrix that the parameters stand for, in F32: its product with the unit vectors. */
  private static Tensor dense(Parameters p, long in, Dtype compute) {
    Map<String, Tensor> only = new LinkedHashMap<>(p.asMap());
    only.remove("bias");
    Tensor columns = Tensors.to(torch.eye(in), compute); // [in, in]
    return Tensors.to(Layers.linear(columns, Parameters.of(only)), Dtype.F32).t();
  }

  private static double difference(Tensor a, Tensor b) {
    return a.numel() == 0
        ? 0
        : Tensors.value(
            Tensors.to(a, Dtype.F32).sub(Tensors.to(b, Dtype.F32)).abs().flatten().amax());
  }

  private static double largest(Tensor a) {
    return Tensors.value(Tensors.to(a, Dtype.F32).abs().flatten().amax());
  }

  @ParameterizedTest
  @CsvSource({
    "int8, 64, 96, 0.025", "int8, 40, 50, 0.025", "int8@f32, 40, 50, 0.016",
    "int8@f16, 32, 64, 0.016", "int4, 64, 96, 0.2", "int4, 40, 50, 0.2",
    "int4@f32, 40, 50, 0.2", "int4-g64, 96, 128, 0.25", "int4-g128@f16, 24, 100, 0.25"
  })
  void theMatrixIsNearAndEveryNumberOfRowsIsComputedAlike(
      String name, long out, long in, double error) {
    Precision precision = Precision.named(name);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor weight = torch.randn(out, in);
      Tensor bias = torch.randn(out);
      Parameters p = quantized(weight, bias, precision);
      Tensor w = dense(p, in, precision.compute());
      assertThat(Tensors.shape(w)).containsExactly(out, in);
      assertThat(difference(w, weight)).isLessThan(error).isGreaterThan(error / 100);
      double tolerance = precision.compute() == Dtype.F32 ? 1e-5 : 0.012;
      for (long rows : new long[] {0, 1, 3, 8, 9, 40, 140}) {
        Tensor x = Tensors.to(torch.randn(2, rows, in), precision.compute());
        for (Tensor input : new Tensor[] {x, x.select(0, 1), x.narrow(0, 0, 1)}) {
          Tensor y = Layers.linear(input, p);
          Tensor expected = torch.linear(Tensors.to(input, Dtype.F32), w, Tensors.optional(bias));
          assertThat(Tensors.shape(y)).isEqualTo(Tensors.shape(expected));
          assertThat(Tensors.dtype(y)).isEqualTo(precision.compute());
          if (rows > 0) {
            assertThat(difference(y, expected)).isLessThan(tolerance * largest(expected));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"int8@f32", "int4@f32", "int8", "int4"})
  void aGradientReachesTheInput(String name) {
    Precision precision = Precision.named(name);
    try (Scope scope = Scope.open()) {
      Parameters p = quantized(torch.randn(48, 64), torch.randn(48), precision);
      Tensor w;
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        w = dense(p, 64, precision.compute());
      }
      for (long rows : new long[] {1, 20}) {
        Tensor x = torch.randn(rows, 64).set_requires_grad(true);
        Tensor coefficients = torch.randn(rows, 48);
        Tensor y = Layers.linear(Tensors.to(x, precision.compute()), p);
        Tensors.to(y, Dtype.F32).mul(coefficients).sum().backward();
        Tensor expected = torch.matmul(coefficients, w);
        double tolerance = precision.compute() == Dtype.F32 ? 1e-5 : 0.015;
        assertThat(difference(x.grad(), expected)).isLessThan(tolerance * largest(expected));
      }
      assertThat(p.tensors()).noneMatch(Tensor::requires_grad);
    }
  }

  @Test
  void sixteenBitsAreWidenedWhereThirtyTwoAreComputed() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor weight = torch.randn(24, 40);
      Tensor half = Tensors.to(weight, Dtype.F16);
      Tensor x = torch.randn(3, 40);
      Tensor y = Layers.linear(x, Parameters.of(Map.of("weight", half)));
      assertThat(Tensors.dtype(y)).isEqualTo(Dtype.F32);
      assertThat(difference(y, torch.linear(x, Tensors.to(half, Dtype.F32)))).isLessThan(1e-5);
      assertThat(difference(y, torch.linear(x, weight))).isBetween(1e-5, 1e-2);
    }
  }

  @Test
  void theFormIsSaidAndAWrongUseIsNoticed() {
    try (Scope scope = Scope.open()) {
      Parameters p = quantized(torch.randn(16, 128), torch.randn(16), Precision.named("int4-g64"));
      assertThat(p.storage()).isEqualTo("BF16, INT4 by 64");
      assertThat(Parameters.of(Map.of("weight", torch.randn(2))).storage()).isEmpty();
      assertThatThrownBy(() -> p.get("weight"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("weight is quantized");
      Tensor tiny = torch.randn(16, 128).mul(new Scalar(1e-3));
      assertThat(quantized(tiny, null, Precision.INT8).storage()).isEqualTo("BF16, INT8");
    }
  }
}
