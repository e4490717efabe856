package io.lorgnette.mapper;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * MAPL's mapping network (Mañas et al. 2023, figure 2): features narrowed, learned constants put
 * behind them, a pre-norm transformer over both without positions, and what stands at the
 * constants' places widened to the language model.
 *
 * <p>Checked against the published module's outputs and gradients. Legend: see the package.
 */
public final class MaplMapper implements Mapper {

  private static final double NORM_EPSILON = 1e-5;

  private final MaplConfig config;
  private final Parameters parameters;

  MaplMapper(MaplConfig config, Parameters parameters) {
    if (!parameters.names().equals(config.keys().shapes().keySet())) {
      throw new IllegalArgumentException("these parameters are not those of " + config);
    }
    this.config = config;
    this.parameters = parameters;
  }

  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    checkWidth(features);
    Tensor constants = parameters.get("constants"); // [P, d]
    long images = features.size(0);
    long n = features.size(1);
    long p = config.prefixLength();
    Tensor input = Tensors.to(features, Tensors.dtype(constants), Tensors.device(constants));
    Tensor down = Layers.linear(input, parameters.at("down")); // [B, N, Di] -> [B, N, d]
    Tensor appended = constants.unsqueeze(0).expand(images, p, config.width());
    Tensor x = Tensors.cat(1, down, appended); // [B, N + P, d]
    for (int i = 0; i < config.layers(); i++) {
      x = layer(x, parameters.at("layers", i), dropout);
    }
    return Layers.linear(x.narrow(1, n, p), parameters.at("up")); // [B, P, d] -> [B, P, Do]
  }

  /** A pre-norm encoder layer: {@code [B, N + P, d]} both. */
  private Tensor layer(Tensor x, Parameters p, Dropout dropout) {
    double share = config.dropout();
    Tensor seen = attention(Layers.layerNorm(x, p.at("norm1"), NORM_EPSILON), p, dropout);
    Tensor y = x.add(dropout.apply(seen, share));
    Tensor z = Layers.layerNorm(y, p.at("norm2"), NORM_EPSILON);
    Tensor hidden = torch.relu(Layers.linear(z, p.at("mlp.up"))); // [B, N + P, feed-forward]
    Tensor out = Layers.linear(dropout.apply(hidden, share), p.at("mlp.down"));
    return y.add(dropout.apply(out, share));
  }

  private Tensor attention(Tensor x, Parameters p, Dropout dropout) {
    long d = config.width();
    long h = config.heads();
    Tensor qkv = Layers.linear(x, p.at("attention.qkv")); // [B, N + P, 3 d]
    Tensor q = Attention.heads(qkv.narrow(2, 0, d), h);
    Tensor k = Attention.heads(qkv.narrow(2, d, d), h);
    Tensor v = Attention.heads(qkv.narrow(2, 2 * d, d), h);
    Tensor seen = Attention.attend(q, k, v, null, false, dropout, config.dropout());
    return Layers.linear(seen, p.at("attention.out"));
  }

  private void checkWidth(Tensor features) {
    if (features.dim() != 3 || features.size(2) != config.inputWidth()) {
      throw new IllegalArgumentException(
          "the mapper takes features [images, tokens, "
              + config.inputWidth()
              + "] but got "
              + Tensors.describe(features));
    }
  }

  @Override
  public MaplConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
