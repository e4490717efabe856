package io.lorgnette.mapper;

import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * One linear map from visual tokens to embeddings: LiMBeR (Merullo et al. 2023), the image prefix
 * of MAGMA (Eichenberg et al. 2022), Frozen (Tsimpoukelli et al. 2021) and MiniGPT-4 (Zhu et al.
 * 2023).
 *
 * <p>Checked against the published image prefix of MAGMA, which LiMBeR's is. Legend: see the
 * package; j tokens are joined, and each of those becomes s embeddings.
 */
public final class LinearMapper implements Mapper {

  private static final double NORM_EPSILON = 1e-5;

  private final LinearConfig config;
  private final Parameters parameters;

  LinearMapper(LinearConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the features do not have N tokens of width Di
   */
  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    Tensor weight = parameters.get("out.weight");
    Tensor tokens = Checks.features(features, config.tokens(), config.inputWidth(), weight);
    long images = tokens.size(0);
    long joined = config.tokens() / config.joined();
    Tensor wide = tokens.reshape(images, joined, weight.size(1)); // [B, N, Di] -> [B, N / j, j Di]
    Tensor out = Layers.linear(wide, parameters.at("out")); // [B, N / j, s Do]
    Tensor prefix = out.view(images, config.prefixLength(), config.outputWidth()); // [B, P, Do]
    Tensor left = dropout.apply(prefix, config.dropout());
    return config.norm() ? Layers.layerNorm(left, parameters.at("norm"), NORM_EPSILON) : left;
  }

  @Override
  public LinearConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
