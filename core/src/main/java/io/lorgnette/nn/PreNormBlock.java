package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One block of a vision transformer (Dosovitskiy et al. 2021) with its norms before attention and
 * feed-forward: {@code x + s1 * attention(norm1(x))}, then {@code x + s2 * feedForward(norm2(x))}.
 *
 * <p>Own names: {@code norm1}, {@code attention.qkv}, {@code attention.out}, {@code norm2}, {@code
 * fc1}, {@code fc2}; where a model has them the layer scales {@code scale1} and {@code scale2}
 * (Touvron et al. 2021), and {@code attention.q_bias} with {@code attention.v_bias} instead of
 * {@code attention.qkv.bias}: then keys have none.
 *
 * <p>The matrices may be stored in a smaller format than x. Then they multiply in theirs, and norms
 * and sums stay in that of x. Stateless.
 *
 * <p>Legend: B batch, T tokens, D width, h heads, F width of the feed-forward.
 *
 * @param heads h
 * @param normEpsilon of layer norms
 * @param activation of the feed-forward
 * @param gated whether the feed-forward is {@code fc2(activation(a) * b)} where {@code [a, b]} is
 *     {@code fc1(x)} (Shazeer 2020)
 */
public record PreNormBlock(int heads, double normEpsilon, Activation activation, boolean gated) {

  /**
   * The first half of the block.
   *
   * @param x {@code [B, T, D]}
   * @param p the block's weights
   * @param bias added to the scores, broadcastable to {@code [B, h, T, T]}; or null
   */
  public Tensor attention(Tensor x, Parameters p, Tensor bias) {
    Dtype dtype = Layers.format(p.at("attention.qkv")); // of [3 D, D]
    Tensor normed = Tensors.to(norm(x, p.at("norm1")), dtype);
    Tensor qkv = Layers.linear(normed, p.at("attention.qkv"), qkvBias(p)); // [B, T, 3 D]
    long width = x.size(2);
    Tensor q = Attention.heads(qkv.narrow(2, 0, width), heads);
    Tensor k = Attention.heads(qkv.narrow(2, width, width), heads);
    Tensor v = Attention.heads(qkv.narrow(2, 2 * width, width), heads);
    Tensor seen =
        bias == null
            ? Attention.attend(q, k, v, null, false)
            : Attention.attend(q, k, v, Tensors.to(bias, dtype), 1 / Math.sqrt((double) q.size(3)));
    return plus(Layers.linear(seen, p.at("attention.out")), p.find("scale1"), x);
  }

  /** {@code [3 D]}, or null. */
  private static Tensor qkvBias(Parameters p) {
    Tensor q = p.find("attention.q_bias");
    if (q == null) {
      return p.find("attention.qkv.bias");
    }
    return Tensors.cat(0, q, torch.zeros_like(q), p.get("attention.v_bias"));
  }

  /** The second half of the block, {@code [B, T, D] -> [B, T, D]}. */
  public Tensor feedForward(Tensor x, Parameters p) {
    Tensor normed = Tensors.to(norm(x, p.at("norm2")), Layers.format(p.at("fc1")));
    Tensor hidden;
    if (gated) {
      Tensor both = Layers.linear(normed, p.at("fc1")); // [B, T, 2 F]
      long half = both.size(2) / 2;
      hidden = activation.apply(both.narrow(2, 0, half)).mul(both.narrow(2, half, half));
    } else {
      hidden = Layers.linear(normed, p.at("fc1"), activation); // [B, T, F]
    }
    return plus(Layers.linear(hidden, p.at("fc2")), p.find("scale2"), x);
  }

  private Tensor norm(Tensor x, Parameters p) {
    return Layers.layerNorm(x, p, normEpsilon);
  }

  /** The sum, in the memory of the fresh summand where no gradient could miss it. */
  private static Tensor plus(Tensor fresh, Tensor scale, Tensor x) {
    Tensor scaled = scale == null ? fresh : fresh.mul(scale);
    if (GradMode.is_enabled() || Tensors.dtype(scaled) != Tensors.dtype(x)) {
      return x.add(scaled);
    }
    scaled.add_(x);
    return scaled;
  }
}
