package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Int4;
import io.lorgnette.tensor.Int8;
import io.lorgnette.tensor.Int8Products;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Quantizer;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Linear maps whose matrix is kept in 8 or 4 bits. With {@code w8a8} their input is rounded too and
 * integers are multiplied. Else few rows in BF16, as when a text is written token by token, go
 * through libtorch's kernels; everything else widens the matrix first, which many rows pay back and
 * through which a gradient reaches the input.
 */
final class QuantizedLinear {

  // Above these the kernels, which go row by row, were measured slower than widening, which costs
  // the same for any number of rows (decision 122).
  private static final long ROWS_FOR_INT8 = 16;
  private static final long ROWS_FOR_INT4 = 256;

  private static final String INT8 = "weight" + Quantizer.INT8;
  private static final String INT4 = "weight" + Quantizer.INT4;
  private static final String W8A8 = "weight" + Quantizer.W8A8;
  private static final String SCALE = "weight" + Quantizer.SCALE;

  private QuantizedLinear() {}

  static boolean is(Parameters p) {
    return p.has(INT8) || p.has(INT4) || p.has(W8A8);
  }

  static Dtype format(Parameters p) {
    return Tensors.dtype(p.get(SCALE));
  }

  /** {@code [..., in] -> [..., out]}. */
  static Tensor apply(Tensor x, Parameters p, Tensor bias) {
    if (p.has(W8A8)) {
      return integers(x, p.get(W8A8), p.get(SCALE), bias);
    }
    return p.has(INT8)
        ? int8(x, p.get(INT8), p.get(SCALE), bias, isFew(x, ROWS_FOR_INT8))
        : int4(x, p.get(INT4), p.get(SCALE), bias, isFew(x, ROWS_FOR_INT4));
  }

  private static Tensor integers(Tensor x, Tensor packed, Tensor scale, Tensor bias) {
    if (GradMode.is_enabled() && x.requires_grad()) {
      throw new IllegalStateException("products of integers have no gradient; load another format");
    }
    Dtype own = Tensors.dtype(scale);
    Tensor added = bias == null ? null : Tensors.to(bias, own);
    Tensor y = Int8Products.get().linear(Tensors.to(x, own), packed, scale, added);
    return Tensors.to(y, Tensors.dtype(x));
  }

  private static boolean isFew(Tensor x, long rows) {
    return Tensors.dtype(x) == Dtype.BF16
        && !x.is_cuda()
        && x.numel() <= rows * x.size(-1)
        && x.numel() > 0
        && !(GradMode.is_enabled() && x.requires_grad());
  }

  private static Tensor int8(Tensor x, Tensor values, Tensor scale, Tensor bias, boolean fewRows) {
    if (fewRows && Int8.get() != null && Int8.takes(values)) {
      Tensor y = Int8.get().linear(x.reshape(-1, x.size(-1)), values, scale);
      return withBias(y.view(shape(x, values.size(0))), bias);
    }
    // The integers are exact in 16 bits too; the scale comes after the sum.
    Tensor y = Layers.linear(x, Tensors.to(values, Tensors.dtype(x)), null);
    return withBias(y.mul(scale), bias);
  }

  private static Tensor int4(Tensor x, Tensor packed, Tensor scales, Tensor bias, boolean fewRows) {
    long in = x.size(-1);
    long out = scales.size(1);
    int group = (int) (packed.size(1) * 2 / scales.size(0));
    boolean whole = packed.size(0) == out && packed.size(1) * 2 == in;
    if (fewRows && whole && Int4.get().hasProduct()) {
      Tensor y = Int4.get().linear(x.reshape(-1, in), packed, group, scales);
      return withBias(y.view(shape(x, out)), bias);
    }
    return Layers.linear(x, widened(packed, scales, in), bias);
  }

  /** The matrix in the format of its scales, {@code [out, in]}. */
  private static Tensor widened(Tensor packed, Tensor scales, long in) {
    long groups = scales.size(0);
    long out = scales.size(1);
    Tensor q = Int4.get().unpack(packed).narrow(0, 0, out);
    Tensor grouped = Tensors.to(q, Tensors.dtype(scales)).sub_(new Scalar(8)).view(out, groups, -1);
    Tensor turned = scales.transpose(0, 1); // [out, groups, 2]
    Tensor w = grouped.mul_(turned.narrow(2, 0, 1)).add_(turned.narrow(2, 1, 1));
    // oneDNN's product was seen to take minutes for a matrix with gaps between its rows.
    return w.view(out, -1).narrow(1, 0, in).contiguous();
  }

  private static Tensor withBias(Tensor y, Tensor bias) {
    return bias == null ? y : y.add(bias);
  }

  private static long[] shape(Tensor x, long out) {
    long[] shape = Tensors.shape(x);
    shape[shape.length - 1] = out;
    return shape;
  }
}
