package io.lorgnette.nn;

import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
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
        torch.scaled_dot_product_attention(
            q, k, v, Tensors.optional(mask), dropout, causal, new DoubleOptional(), grouped);
    // [B, h, T, d] -> [B, T, h * d]
    return out.transpose(1, 2).reshape(q.size(0), q.size(2), q.size(1) * q.size(3));
  }

  /** {@code [B, T, h * d] -> [B, h, T, d]}, a view. */
  public static Tensor heads(Tensor x, long heads) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }
}
