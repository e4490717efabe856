package io.lorgnette.mapper;

import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * ClipCap's transformer mapping network (Mokady et al. 2021, figure 2): an image's one embedding
 * becomes C tokens, learned constants stand behind them, and what a pre-norm transformer leaves at
 * the constants' places is the prefix. It has no dropout, and its tokens are no places of the
 * image.
 *
 * <p>Checked against the published module's outputs and gradients. Legend: see the package.
 */
public final class ClipCapTransformerMapper implements Mapper {

  private final ClipCapTransformerConfig config;
  private final Parameters parameters;
  private final ConstantsTransformer transformer;

  ClipCapTransformerMapper(ClipCapTransformerConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
    this.transformer = new ConstantsTransformer(config.layers(), config.heads(), 0);
  }

  /**
   * {@inheritDoc}
   *
   * @param features {@code [B, 1, Di]}, what the encoder says of the whole image
   */
  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    Tensor weight = parameters.get("in.weight");
    Tensor image = Pooled.image(features, config.inputWidth(), config.normalized(), weight);
    Tensor wide = Layers.linear(image, parameters.at("in")); // [B, Di] -> [B, C Do]
    Tensor tokens = wide.view(wide.size(0), config.tokens(), config.outputWidth()); // [B, C, Do]
    return transformer.apply(tokens, parameters, dropout, AttentionTrace.NONE); // [B, P, Do]
  }

  @Override
  public ClipCapTransformerConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
