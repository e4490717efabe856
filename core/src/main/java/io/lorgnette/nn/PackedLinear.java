package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Precision;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Linear maps whose matrix is {@linkplain OneDnn#pack laid out} for the processor's kernels: for
 * inference, since no gradient passes them.
 */
final class PackedLinear {

  private static final String PACKED = "weight" + Precision.PACKED;

  private PackedLinear() {}

  static boolean is(Parameters p) {
    return p.has(PACKED);
  }

  static Dtype format(Parameters p) {
    return Tensors.dtype(p.get(PACKED));
  }

  /**
   * {@code [..., in] -> [..., out]}, in the format of x.
   *
   * @param after what is done to each value of the result
   * @throws IllegalStateException if a gradient is to flow back
   */
  static Tensor apply(Tensor x, Parameters p, Tensor bias, OneDnn.After after) {
    if (GradMode.is_enabled() && x.requires_grad()) {
      throw new IllegalStateException(
          "weights laid out for inference have no gradient; load them with Precision.of");
    }
    Tensor weight = p.get(PACKED);
    Dtype own = Tensors.dtype(weight);
    Tensor input = Tensors.to(x, own).contiguous();
    Tensor added = bias == null ? null : Tensors.to(bias, own);
    Tensor y = OneDnn.get().linear(input, weight, added, after);
    return Tensors.to(y, Tensors.dtype(x));
  }

  /**
   * {@code z sigmoid(s z)} of {@code z = x W^T + b} as {@code SiLU(s x W^T + s b) / s}, which the
   * kernel can do while it holds the values: the other passes are over x and over the result.
   */
  static Tensor quickGelu(Tensor x, Parameters p) {
    Scalar s = new Scalar(Layers.QUICK_GELU);
    Tensor bias = p.find("bias");
    Tensor scaled = bias == null ? null : bias.mul(s);
    return apply(x.mul(s), p, scaled, OneDnn.After.SILU).mul_(new Scalar(1 / Layers.QUICK_GELU));
  }
}
