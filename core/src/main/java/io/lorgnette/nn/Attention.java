package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Scaled dot-product attention over heads. Stateless. */
public final class Attention {

  private Attention() {}

  /**
   * As {@link #attend(Tensor, Tensor, Tensor, Tensor, boolean, Dropout, double)}, without dropout.
   */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    return attend(q, k, v, mask, causal, Dropout.NONE, 0);
  }

  /**
   * Attends with queries to keys and values.
   *
   * @param q {@code [B, h, T, d]}
   * @param k {@code [B, h or a divisor of it, S, d]}
   * @param v as {@code k}
   * @param mask true where a query may look, broadcastable to {@code [B, h, T, S]}; or null
   * @param causal whether position t sees only positions up to t (needs T = S and no mask)
   * @param share of the attention weights that is dropped
   * @return {@code [B, T, h * d]}
   */
  public static Tensor attend(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, Dropout dropout, double share) {
    boolean grouped = k.size(1) != q.size(1);
    Tensor out;
    if (isSlowFused(q) || (dropout.active() && share > 0)) {
      Tensor keys = grouped ? repeat(k, q) : k;
      Tensor values = grouped ? repeat(v, q) : v;
      Tensor weights = dropout.apply(weights(q, keys, mask, causal), share);
      out = torch.matmul(weights, values);
    } else {
      out =
          torch.scaled_dot_product_attention(
              q, k, v, Tensors.optional(mask), 0, causal, new DoubleOptional(), grouped);
    }
    // [B, h, T, d] -> [B, T, h * d]
    return out.transpose(1, 2).reshape(q.size(0), q.size(2), q.size(1) * q.size(3));
  }

  /**
   * The fused kernel multiplies bf16 matrices by a plain loop where the build has no MKL, as this
   * one: 80 % of a training step was spent there. Batched products go to oneDNN instead.
   */
  private static boolean isSlowFused(Tensor q) {
    return Tensors.dtype(q) == Dtype.BF16 && !q.is_cuda();
  }

  /** How much each query looks at each key: {@code [B, h, T, S]}, rows that sum to 1. */
  private static Tensor weights(Tensor q, Tensor k, Tensor mask, boolean causal) {
    double scale = 1 / Math.sqrt((double) q.size(3));
    Tensor scores = torch.matmul(q.mul(new Scalar(scale)), k.transpose(2, 3)); // [B, h, T, S]
    Tensor allowed = causal ? lowerTriangle(q.size(2), Tensors.device(q)) : mask;
    if (allowed != null) {
      // Adding in place is a third of the work of masked_fill and its gradient.
      Tensor zeros = Tensors.zeros(Tensors.dtype(q), Tensors.device(q), Tensors.shape(allowed));
      Scalar never = new Scalar(Double.NEGATIVE_INFINITY);
      scores = scores.add_(zeros.masked_fill_(allowed.logical_not(), never));
    }
    return torch.softmax(scores, -1);
  }

  private static Tensor lowerTriangle(long t, Device device) {
    Tensor positions = Tensors.range(t, device);
    return positions.view(1, t).le(positions.view(t, 1));
  }

  /** Every group of query heads gets its own view of the key head they share. */
  private static Tensor repeat(Tensor k, Tensor q) {
    long groups = q.size(1) / k.size(1);
    return k.unsqueeze(2)
        .expand(k.size(0), k.size(1), groups, k.size(2), k.size(3))
        .reshape(k.size(0), q.size(1), k.size(2), k.size(3));
  }

  /** {@code [B, T, h * d] -> [B, h, T, d]}, a view. */
  public static Tensor heads(Tensor x, long heads) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }
}
