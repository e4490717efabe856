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
   * Attends with queries to keys and values.
   *
   * @param q {@code [B, h, T, d]}
   * @param k {@code [B, h or a divisor of it, S, d]}
   * @param v as {@code k}
   * @param mask true where a query may look, broadcastable to {@code [B, h, T, S]}; or null
   * @param causal whether position t sees only positions up to t (needs T = S and no mask)
   * @param dropout share of the weights dropped in training
   * @return {@code [B, T, h * d]}
   */
  public static Tensor attend(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, double dropout) {
    boolean grouped = k.size(1) != q.size(1);
    Tensor out =
        isSlowFused(q)
            ? explicit(
                q, grouped ? repeat(k, q) : k, grouped ? repeat(v, q) : v, mask, causal, dropout)
            : torch.scaled_dot_product_attention(
                q, k, v, Tensors.optional(mask), dropout, causal, new DoubleOptional(), grouped);
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

  private static Tensor explicit(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, double dropout) {
    double scale = 1 / Math.sqrt((double) q.size(3));
    Tensor scores = torch.matmul(q.mul(new Scalar(scale)), k.transpose(2, 3)); // [B, h, T, S]
    Tensor allowed = causal ? lowerTriangle(q.size(2), Tensors.device(q)) : mask;
    if (allowed != null) {
      scores = scores.masked_fill(allowed.logical_not(), new Scalar(Double.NEGATIVE_INFINITY));
    }
    Tensor weights = Layers.dropout(torch.softmax(scores, -1), dropout);
    return torch.matmul(weights, v);
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

  /**
   * Attends with a scale of its own and a mask that may be something to add: T5 scales nothing and
   * adds what it learned about distances.
   *
   * @param q {@code [B, h, T, d]}
   * @param k {@code [B, h, S, d]}
   * @param v as {@code k}
   * @param mask broadcastable to {@code [B, h, T, S]}: true where a query may look, or numbers that
   *     are added to the products, negative infinity where it may not; or null
   * @param scale by which the products are multiplied
   * @return {@code [B, T, h * d]}
   */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, Tensor mask, double scale) {
    Tensor out =
        isSlowFused(q)
            ? explicit(q, k, v, mask, scale)
            : torch.scaled_dot_product_attention(
                q, k, v, Tensors.optional(mask), 0, false, new DoubleOptional(scale), false);
    return out.transpose(1, 2).reshape(q.size(0), q.size(2), q.size(1) * q.size(3));
  }

  private static Tensor explicit(Tensor q, Tensor k, Tensor v, Tensor mask, double scale) {
    Tensor products = torch.matmul(q.mul(new Scalar(scale)), k.transpose(2, 3)); // [B, h, T, S]
    // The published models weigh in F32.
    Tensor scores = Tensors.to(products, Dtype.F32);
    if (mask != null && Tensors.dtype(mask) == Dtype.BOOL) {
      scores = scores.masked_fill(mask.logical_not(), new Scalar(Double.NEGATIVE_INFINITY));
    } else if (mask != null) {
      scores = scores.add(mask);
    }
    return torch.matmul(Tensors.to(torch.softmax(scores, -1), Tensors.dtype(v)), v);
  }

  /** {@code [B, T, h * d] -> [B, h, T, d]}, a view. */
  public static Tensor heads(Tensor x, long heads) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }
}
