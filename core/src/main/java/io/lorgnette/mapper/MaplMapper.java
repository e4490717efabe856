package io.lorgnette.mapper;

import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * MAPL's mapping network (Mañas et al. 2023, figure 2): features narrowed, learned constants put
 * behind them, a pre-norm transformer over both without positions, and what stands at the
 * constants' places widened to the language model.
 *
 * <p>Checked against the published module's outputs and gradients. Legend: see the package.
 */
public final class MaplMapper implements Mapper {

  private final MaplConfig config;
  private final Parameters parameters;
  private final ConstantsTransformer transformer;

  MaplMapper(MaplConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
    this.transformer = new ConstantsTransformer(config.layers(), config.heads(), config.dropout());
  }

  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    return map(features, dropout, AttentionTrace.NONE);
  }

  @Override
  public Tensor map(Tensor features, AttentionTrace trace) {
    return map(features, Dropout.NONE, trace);
  }

  private Tensor map(Tensor features, Dropout dropout, AttentionTrace trace) {
    Tensor input = Checks.features(features, config.inputWidth(), parameters.get("constants"));
    Tensor down = Layers.linear(input, parameters.at("down")); // [B, N, Di] -> [B, N, d]
    Tensor mixed = transformer.apply(down, parameters, dropout, trace); // [B, P, d]
    return Layers.linear(mixed, parameters.at("up")); // [B, P, d] -> [B, P, Do]
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
