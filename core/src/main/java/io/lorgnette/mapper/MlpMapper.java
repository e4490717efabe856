package io.lorgnette.mapper;

import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * Each visual token mapped by itself to an embedding: LLaVA's projector (Liu et al. 2023). It has
 * no dropout.
 */
public final class MlpMapper implements Mapper {

  private final MlpConfig config;
  private final Parameters parameters;

  MlpMapper(MlpConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
  }

  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    Tensor x = Checks.features(features, config.inputWidth(), parameters.get("0.weight"));
    for (int i = 0; i < config.depth(); i++) {
      x = i == 0 ? x : config.activation().apply(x);
      x = Layers.linear(x, parameters.at(Integer.toString(i))); // [B, N, .] -> [B, N, Do]
    }
    return x;
  }

  @Override
  public MlpConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
