package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Linear maps and norms over the last dimension. Stateless. */
public final class Layers {

  /** Of {@link #quickGelu}. */
  static final double QUICK_GELU = 1.702;

  private Layers() {}

  /**
   * {@code x W^T + b} with {@code weight} and, where there is one, {@code bias}. The matrix may be
   * kept in fewer bits than {@code x} has.
   */
  public static Tensor linear(Tensor x, Parameters p) {
    return linear(x, p, p.find("bias"));
  }

  /**
   * As {@link #linear(Tensor, Parameters)}, with a bias from elsewhere.
   *
   * @param bias {@code [out]} or null
   */
  public static Tensor linear(Tensor x, Parameters p, Tensor bias) {
    if (PackedLinear.is(p)) {
      return PackedLinear.apply(x, p, bias, OneDnn.After.NOTHING);
    }
    return QuantizedLinear.is(p)
        ? QuantizedLinear.apply(x, p, bias)
        : linear(x, Tensors.to(p.get("weight"), Tensors.dtype(x)), bias);
  }

  /**
   * As {@link #linear(Tensor, Parameters)}, then an activation: in one pass over the result where
   * the matrix is laid out for a kernel that does both.
   */
  public static Tensor linear(Tensor x, Parameters p, Activation then) {
    if (PackedLinear.is(p) && then == Activation.QUICK_GELU) {
      return PackedLinear.quickGelu(x, p);
    }
    return PackedLinear.is(p) && then.fused() != null
        ? PackedLinear.apply(x, p, p.find("bias"), then.fused())
        : then.apply(linear(x, p));
  }

  /** The format in which a linear map's matrix is meant to multiply: its own, or its scales'. */
  public static Dtype format(Parameters p) {
    if (PackedLinear.is(p)) {
      return PackedLinear.format(p);
    }
    return QuantizedLinear.is(p) ? QuantizedLinear.format(p) : Tensors.dtype(p.get("weight"));
  }

  /**
   * {@code x W^T + b}.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or null
   * @return {@code [..., out]}
   */
  public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    if (GradMode.is_enabled() || Tensors.dtype(x) != Dtype.F32 || x.is_cuda()) {
      return torch.linear(x, weight, Tensors.optional(bias));
    }
    if (x.numel() == x.size(-1) && (OneDnn.get() == null || torch.get_num_threads() == 1)) {
      // OpenBLAS' matrix product is four times slower than its vector product on one row, which
      // one thread computes; two of oneDNN's are faster than that.
      Tensor row = x.reshape(x.numel());
      Tensor y = bias == null ? torch.mv(weight, row) : torch.addmv(bias, weight, row);
      long[] shape = Tensors.shape(x);
      shape[shape.length - 1] = weight.size(0);
      return y.view(shape);
    }
    OneDnn oneDnn = OneDnn.get();
    return oneDnn == null
        ? torch.linear(x, weight, Tensors.optional(bias))
        : oneDnn.linear(x, weight, bias);
  }

  /** Layer norm over the last dimension with {@code weight} and {@code bias}. */
  public static Tensor layerNorm(Tensor x, Parameters p, double epsilon) {
    return torch.layer_norm(
        x,
        new long[] {x.size(-1)},
        Tensors.optional(p.get("weight")),
        Tensors.optional(p.find("bias")),
        epsilon,
        false);
  }

  /**
   * Root-mean-square norm over the last dimension, computed in F32 as the published models do
   * (Zhang and Sennrich 2019).
   */
  public static Tensor rmsNorm(Tensor x, Parameters p, double epsilon) {
    Tensor weight = p.get("weight");
    if (Tensors.dtype(x) == Dtype.F32) {
      return torch.rms_norm(
          x, new long[] {x.size(-1)}, Tensors.optional(weight), new DoubleOptional(epsilon));
    }
    Tensor wide = Tensors.to(x, Dtype.F32);
    Tensor normed =
        torch.rms_norm(
            wide, new long[] {x.size(-1)}, Tensors.optional(null), new DoubleOptional(epsilon));
    return Tensors.to(normed, Tensors.dtype(x)).mul(weight);
  }

  /** {@code x * sigmoid(1.702 x)}, OpenAI's quick GELU. */
  public static Tensor quickGelu(Tensor x) {
    Tensor scaled = x.mul(new Scalar(QUICK_GELU));
    return GradMode.is_enabled() ? x.mul(torch.sigmoid(scaled)) : scaled.sigmoid_().mul_(x);
  }
}
