package io.lorgnette.mapper;

import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Each visual token mapped by itself to an embedding: LLaVA's projector (Liu et al. 2023). It has
 * no dropout.
 */
public final class MlpMapper implements Mapper {

  private final MlpConfig config;
  private final Parameters parameters;

  MlpMapper(MlpConfig config, Parameters parameters) {
    if (!parameters.names().equals(config.keys().shapes().keySet())) {
      throw new IllegalArgumentException("these parameters are not those of " + config);
    }
    this.config = config;
    this.parameters = parameters;
  }

  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    if (features.dim() != 3 || features.size(2) != config.inputWidth()) {
      throw new IllegalArgumentException(
          "the mapper takes features [images, tokens, "
              + config.inputWidth()
              + "] but got "
              + Tensors.describe(features));
    }
    Tensor weight = parameters.get("0.weight");
    Tensor x = Tensors.to(features, Tensors.dtype(weight), Tensors.device(weight));
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
