package io.lorgnette.mapper;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What MAPL and ClipCap have in common: learned constants put behind tokens, a pre-norm transformer
 * over both without positions and without a last norm, and what then stands at the constants'
 * places.
 *
 * <p>Own names: {@code constants}, and in {@code layers.N} {@code norm1}, {@code attention.qkv},
 * {@code attention.out}, {@code norm2}, {@code mlp.up}, {@code mlp.down}. Legend: see the package.
 *
 * @param layers how many
 * @param heads h, a divisor of the width
 * @param dropout share dropped in training: of attention weights, behind the attention, in the
 *     feed-forward and behind it
 */
record ConstantsTransformer(int layers, int heads, double dropout) {

  private static final double NORM_EPSILON = 1e-5;

  /**
   * Runs all layers.
   *
   * @param tokens {@code [B, N, d]}
   * @param parameters with the constants, {@code [P, d]}
   * @return {@code [B, P, d]}
   */
  Tensor apply(Tensor tokens, Parameters parameters, Dropout drops, AttentionTrace trace) {
    Tensor constants = parameters.get("constants"); // [P, d]
    long n = tokens.size(1);
    long p = constants.size(0);
    Tensor appended = constants.unsqueeze(0).expand(tokens.size(0), p, constants.size(1));
    Tensor x = Tensors.cat(1, tokens, appended); // [B, N + P, d]
    for (int i = 0; i < layers; i++) {
      int index = i;
      x = layer(x, parameters.at("layers", i), drops, looked -> trace.layer(index, looked));
    }
    return x.narrow(1, n, p); // [B, N + P, d] -> [B, P, d]
  }

  /** A pre-norm encoder layer: {@code [B, N + P, d]} both. */
  private Tensor layer(
      Tensor x, Parameters p, Dropout drops, Consumer<AttentionTrace.Looked> trace) {
    Tensor seen = attention(Layers.layerNorm(x, p.at("norm1"), NORM_EPSILON), p, drops, trace);
    Tensor y = x.add(drops.apply(seen, dropout));
    Tensor z = Layers.layerNorm(y, p.at("norm2"), NORM_EPSILON);
    Tensor hidden = torch.relu(Layers.linear(z, p.at("mlp.up"))); // [B, N + P, feed-forward]
    Tensor out = Layers.linear(drops.apply(hidden, dropout), p.at("mlp.down"));
    return y.add(drops.apply(out, dropout));
  }

  private Tensor attention(
      Tensor x, Parameters p, Dropout drops, Consumer<AttentionTrace.Looked> trace) {
    long d = x.size(2);
    Tensor qkv = Layers.linear(x, p.at("attention.qkv")); // [B, N + P, 3 d]
    Tensor q = Attention.heads(qkv.narrow(2, 0, d), heads);
    Tensor k = Attention.heads(qkv.narrow(2, d, d), heads);
    Tensor v = Attention.heads(qkv.narrow(2, 2 * d, d), heads);
    Tensor seen = Attention.attend(q, k, v, null, false, drops, dropout);
    trace.accept(new AttentionTrace.Looked(q, k, v, seen, true));
    return Layers.linear(seen, p.at("attention.out"));
  }
}
