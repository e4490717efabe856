package io.lorgnette.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Int8ProductsTest {

  @BeforeEach
  void isThere() {
    Engine.start();
    assumeThat(Int8Products.get()).as("this platform has the product").isNotNull();
  }

  /** Small integers come out as they are: what is rounded loses nothing then. */
  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "BF16"})
  void multipliesIntegersExactly(Dtype format) {
    try (Scope scope = Scope.open()) {
      Int8Products products = Int8Products.get();
      int most = products.largest(); // of each row, so that its scale is 1
      float[] values = {most, -2, 3, 0, -most, 5, 1, 1};
      Tensor x = Tensors.to(Tensors.ofFloats(values, 2, 4), format);
      Tensor w =
          Tensors.to(
              Tensors.ofFloats(new float[] {1, 2, 0, -1, 0, 1, 1, 4, 0, 0, 0, 0}, 3, 4), Dtype.I8);
      Tensor scale = Tensors.to(Tensors.ofFloats(new float[] {1, 0.5f, 2}, 3), format);
      Tensor bias = Tensors.to(Tensors.ofFloats(new float[] {0, 1, -3}, 3), format);
      Tensor packed = products.pack(w);
      Tensor y = products.linear(x, packed, scale, bias);
      assertThat(Tensors.dtype(y)).isEqualTo(format);
      assertThat(Tensors.toFloats(Tensors.to(y, Dtype.F32)))
          .containsExactly(most - 4, 1.5f, -3, 9 - most, 6, -3);
      assertThat(Tensors.toFloats(Tensors.to(products.linear(x, packed, scale, null), Dtype.F32)))
          .containsExactly(most - 4, 0.5f, 0, 9 - most, 5, 0);
    }
  }

  /** Also on processors that add two products in 16 bits. */
  @Test
  void sumsOfTheLargestProductsHold() {
    try (Scope scope = Scope.open()) {
      Int8Products products = Int8Products.get();
      Tensor w = Tensors.zeros(Dtype.I8, Device.CPU, 32, 64).add_(new Scalar(127));
      Tensor x = Tensors.zeros(Dtype.F32, Device.CPU, 2, 64).add_(new Scalar(3));
      Tensor scale = Tensors.zeros(Dtype.F32, Device.CPU, 32).add_(new Scalar(1));
      for (float value : Tensors.toFloats(products.linear(x, products.pack(w), scale, null))) {
        assertThat(value).isCloseTo(3 * 127 * 64, within(0.5f));
      }
    }
  }

  /** Whatever is in the batch beside it. */
  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "BF16"})
  void aRowDoesNotDependOnOthers(Dtype format) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Engine.seed(6);
      Tensor w = Tensors.to(torch.randn(48, 64).mul_(new Scalar(30)), Dtype.I8);
      Tensor scale = Tensors.to(torch.rand(48).mul_(new Scalar(0.01)), format);
      Tensor x = Tensors.to(torch.randn(5, 7, 64), format);
      Tensor packed = Int8Products.get().pack(w);
      Tensor alone = Int8Products.get().linear(x.narrow(0, 2, 1), packed, scale, null);
      x.narrow(0, 0, 1).mul_(new Scalar(1000));
      x.narrow(0, 4, 1).zero_();
      Tensor all = Int8Products.get().linear(x, packed, scale, null);
      assertThat(all.narrow(0, 2, 1).equal(alone)).isTrue();
      assertThat(Tensors.toFloats(Tensors.to(all.narrow(0, 4, 1), Dtype.F32))).containsOnly(0f);
      // Beside the exact product: a 250th of a row's largest magnitude is what rounding costs.
      Tensor exact =
          torch.matmul(
              Tensors.to(x, Dtype.F64),
              Tensors.to(w, Dtype.F64).mul(Tensors.to(scale, Dtype.F64).view(48, 1)).t());
      Tensor error = exact.sub(Tensors.to(all, Dtype.F64)).norm().div(exact.norm());
      assertThat(Tensors.value(error)).isBetween(1e-5, 0.02);
    }
  }
}
