package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Scaled dot-product attention over heads. Stateless. */
public final class Attention {

  private Attention() {}

  /** As {@link #attend(Tensor, Tensor, Tensor, Tensor, boolean, double)} with the usual scale. */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
    return attend(q, k, v, mask, causal, scale(q));
  }

  /** As {@link #attend(Tensor, Tensor, Tensor, Tensor, boolean, double)}, not causal. */
  public static Tensor attend(Tensor q, Tensor k, Tensor v, Tensor mask, double scale) {
    return attend(q, k, v, mask, false, scale);
  }

  /**
   * Attends with queries to keys and values.
   *
   * @param q {@code [B, h, T, d]}
   * @param k {@code [B, h or a divisor of it, S, d]}
   * @param v as {@code k}
   * @param mask broadcastable to {@code [B, h, T, S]}: true where a query may look, or numbers that
   *     are added to the products, negative infinity where it may not; or null
   * @param causal whether position t sees only positions up to t (needs T = S and no mask)
   * @param scale by which the products are multiplied: 1 over the root of d, but for T5 and
   *     GPT-Neo, which scale nothing
   * @return {@code [B, T, h * d]}
   */
  public static Tensor attend(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, double scale) {
    if (isSlowFused(q)) {
      return explicit(q, KvCache.Held.of(k, v), mask, causal, scale, Dropout.NONE, 0);
    }
    boolean grouped = k.size(1) != q.size(1);
    return joined(
        torch.scaled_dot_product_attention(
            q, k, v, Tensors.optional(mask), 0, causal, new DoubleOptional(scale), grouped));
  }

  /**
   * As {@link #attend(Tensor, Tensor, Tensor, Tensor, boolean)}, in training.
   *
   * @param share of the attention weights that is dropped
   */
  public static Tensor attend(
      Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal, Dropout dropout, double share) {
    return dropout.active() && share > 0
        ? explicit(q, KvCache.Held.of(k, v), mask, causal, scale(q), dropout, share)
        : attend(q, k, v, mask, causal);
  }

  /**
   * As {@link #attend(Tensor, Tensor, Tensor, Tensor, boolean, double)}, to what a cache holds: S
   * tokens, for which its mask is.
   */
  public static Tensor attend(
      Tensor q, KvCache.Held held, Tensor mask, boolean causal, double scale) {
    return isSlowFused(q)
        ? explicit(q, held, mask, causal, scale, Dropout.NONE, 0)
        : attend(q, held.keys(), held.values(), mask, causal, scale);
  }

  private static double scale(Tensor q) {
    return 1 / Math.sqrt((double) q.size(3));
  }

  /** Queries up to which the fused kernel's loop takes less time than the products' beginning. */
  private static final long FEW = 16;

  /**
   * The fused kernel multiplies bf16 matrices by a plain loop where the build has no MKL, as this
   * one: 80 % of a training step was spent there. Batched products go to oneDNN instead, but for
   * the newest token of one sequence (12 us instead of 44 with 4 heads, 34 instead of 55 with 12).
   */
  private static boolean isSlowFused(Tensor q) {
    return Tensors.dtype(q) == Dtype.BF16
        && !q.is_cuda()
        && (q.size(0) * q.size(1) * q.size(2) > FEW || GradMode.is_enabled());
  }

  private static Tensor explicit(
      Tensor q,
      KvCache.Held held,
      Tensor mask,
      boolean causal,
      double scale,
      Dropout dropout,
      double share) {
    long heads = held.wholeKeys().size(1);
    boolean grouped = heads != q.size(1);
    if (grouped && q.size(2) == 1 && (mask == null || mask.size(1) == 1)) {
      // The heads that share a key are queries of it: nothing is repeated.
      Tensor together = q.reshape(q.size(0), heads, q.size(1) / heads, q.size(3));
      Tensor seen = weighted(together, held, mask, false, scale, dropout, share);
      return joined(seen.reshape(q.size(0), q.size(1), 1, seen.size(3)));
    }
    KvCache.Held own = grouped ? held.repeated(q.size(1) / heads) : held;
    return joined(weighted(q, own, mask, causal, scale, dropout, share));
  }

  /** {@code [B, h, T, d]}. */
  private static Tensor weighted(
      Tensor q,
      KvCache.Held held,
      Tensor mask,
      boolean causal,
      double scale,
      Dropout dropout,
      double share) {
    Tensor scaled = scale == 1 ? q : q.mul(new Scalar(scale));
    // Products take the whole memory: a part of it would first be copied (decision 141).
    Tensor keys = withoutGaps(held.wholeKeys());
    Tensor scores = torch.matmul(scaled, keys.transpose(2, 3)); // [B, h, T, room]
    Scalar never = new Scalar(Double.NEGATIVE_INFINITY);
    long room = scores.size(3) - held.length();
    Tensor where = causal ? lowerTriangle(q.size(2), Tensors.device(q)) : mask;
    if (where != null && Tensors.dtype(where) != Dtype.BOOL) {
      scores = Tensors.to(scores, Dtype.F32); // learned numbers are added in F32
    }
    Tensor real = scores; // [B, h, T, S]
    if (room > 0) {
      scores.narrow(3, held.length(), room).fill_(never);
      real = scores.narrow(3, 0, held.length());
    }
    if (where != null && Tensors.dtype(where) == Dtype.BOOL) {
      // Adding in place is a third of the work of masked_fill and its gradient.
      Tensor zeros = Tensors.zeros(Tensors.dtype(q), Tensors.device(q), Tensors.shape(where));
      real.add_(zeros.masked_fill_(where.logical_not(), never));
    } else if (where != null) {
      real.add_(where);
    }
    Tensor weights = Tensors.to(torch.softmax(scores, -1), Tensors.dtype(q));
    return torch.matmul(dropout.apply(weights, share), withoutGaps(held.wholeValues()));
  }

  /**
   * A copy of what lies between queries and values in memory: for 8 x 16 heads and 257 tokens it
   * takes 0.1 ms, and the product with it 1.2 ms less (decision 123). A gradient would keep the
   * copy, so not there.
   */
  private static Tensor withoutGaps(Tensor x) {
    return GradMode.is_enabled() ? x : x.contiguous();
  }

  /** {@code [B, h, T, d] -> [B, T, h * d]}. */
  private static Tensor joined(Tensor x) {
    return x.transpose(1, 2).reshape(x.size(0), x.size(2), x.size(1) * x.size(3));
  }

  private static Tensor lowerTriangle(long t, Device device) {
    Tensor positions = Tensors.range(t, device);
    return positions.view(1, t).le(positions.view(t, 1));
  }

  /** {@code [B, T, h * d] -> [B, h, T, d]}, a view. */
  public static Tensor heads(Tensor x, long heads) {
    return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }
}
