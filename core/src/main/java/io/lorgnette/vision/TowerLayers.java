package io.lorgnette.vision;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * The blocks of a {@link TowerShape}: {@code x + attention(norm1(x))}, then {@code x +
 * feedForward(norm2(x))}. Stateless.
 *
 * <p>Legend: B batch, T tokens, D width, F width of the feed-forward.
 */
final class TowerLayers {

  private TowerLayers() {}

  /**
   * Goes through the first blocks.
   *
   * @param x {@code [B, T, D]}
   * @param weights with {@code layers.N.{norm1,attention.qkv,attention.out,norm2,fc1,fc2}}
   * @param layers how many blocks
   * @param mask true where a token may look, {@code [B, 1, T or 1, T]}, or null
   * @param causal whether tokens see only those up to their own place (needs no mask)
   * @param trace sees {@code hidden_states.1} and so on
   */
  static void run(
      Chain x,
      Parameters weights,
      TowerShape shape,
      int layers,
      Tensor mask,
      boolean causal,
      Trace trace) {
    for (int i = 0; i < layers; i++) {
      Parameters p = weights.at("layers", i);
      x.step(y -> attention(y, p, shape, mask, causal)).step(y -> feedForward(y, p, shape));
      x.named("hidden_states." + (i + 1), trace);
    }
  }

  private static Tensor attention(
      Tensor x, Parameters p, TowerShape shape, Tensor mask, boolean causal) {
    Tensor qkv = Layers.linear(norm(x, p.at("norm1"), shape), p.at("attention.qkv")); // [B, T, 3 D]
    long width = shape.width();
    Tensor seen =
        Attention.attend(
            Attention.heads(qkv.narrow(2, 0, width), shape.heads()),
            Attention.heads(qkv.narrow(2, width, width), shape.heads()),
            Attention.heads(qkv.narrow(2, 2 * width, width), shape.heads()),
            mask,
            causal);
    return plus(Layers.linear(seen, p.at("attention.out")), x);
  }

  private static Tensor feedForward(Tensor x, Parameters p, TowerShape shape) {
    return plus(mlp(norm(x, p.at("norm2"), shape), p, shape), x);
  }

  /** {@code [B, T, D] -> [B, T, F] -> [B, T, D]}. */
  static Tensor mlp(Tensor x, Parameters p, TowerShape shape) {
    Tensor hidden = Layers.linear(x, p.at("fc1"), shape.activation());
    return Layers.linear(hidden, p.at("fc2"));
  }

  static Tensor norm(Tensor x, Parameters p, TowerShape shape) {
    return Layers.layerNorm(x, p, shape.normEpsilon());
  }

  /** The sum, in the memory of the fresh summand where no gradient could miss it. */
  static Tensor plus(Tensor fresh, Tensor x) {
    if (GradMode.is_enabled()) {
      return fresh.add(x);
    }
    fresh.add_(x);
    return fresh;
  }
}
