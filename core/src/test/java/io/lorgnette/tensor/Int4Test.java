package io.lorgnette.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Int4Test {

  private static Tensor random(long out, long in) {
    Engine.seed(out * 1000 + in);
    return Tensors.to(torch.rand(out, in).mul(new Scalar(15.999)).floor(), Dtype.I32);
  }

  @ParameterizedTest
  @CsvSource({"16,32", "32,64", "48,32", "64,128", "80,32", "112,96", "128,32", "1376,256"})
  void whatIsPackedIsUnpacked(long out, long in) {
    try (Scope scope = Scope.open()) {
      Tensor values = random(out, in);
      Tensor packed = Int4.get().pack(values);
      assertThat(Tensors.shape(packed)).containsExactly(out, in / 2);
      Tensor back = Int4.get().unpack(packed);
      assertThat(Tensors.shape(back)).containsExactly(out, in);
      assertThat(torch.equal(Tensors.to(back, Dtype.I32), values)).isTrue();
    }
  }

  @Test
  void aMatrixIsPackedByBlocks() {
    try (Scope scope = Scope.open()) {
      long block = Int4.get().block();
      Tensor values = random(2 * block + 16, 64);
      Tensor whole = Int4.get().pack(values);
      Tensor parts =
          Tensors.cat(
              0,
              Int4.get().pack(values.narrow(0, 0, block)),
              Int4.get().pack(values.narrow(0, block, block + 16)));
      assertThat(torch.equal(whole, parts)).isTrue();
    }
  }

  @Test
  void theProductIsThatOfTheNumbers() {
    org.junit.jupiter.api.Assumptions.assumeTrue(Int4.get().hasProduct());
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor values = random(80, 128);
      Tensor scales = Tensors.to(torch.rand(4, 80, 2), Dtype.BF16);
      Tensor x = Tensors.to(torch.randn(3, 128), Dtype.BF16);
      Tensor y = Int4.get().linear(x, Int4.get().pack(values), 32, scales);
      Tensor turned = Tensors.to(scales, Dtype.F32).transpose(0, 1); // [80, 4, 2]
      Tensor w =
          Tensors.to(values, Dtype.F32)
              .sub(new Scalar(8))
              .view(80, 4, 32)
              .mul(turned.narrow(2, 0, 1))
              .add(turned.narrow(2, 1, 1))
              .view(80, 128);
      float[] expected = Tensors.toFloats(torch.linear(Tensors.to(x, Dtype.F32), w));
      float[] actual = Tensors.toFloats(y);
      float largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < expected.length; i++) {
        // BF16 has eight bits.
        assertThat(Math.abs(actual[i] - expected[i])).isLessThan(largest / 128);
      }
    }
  }
}
