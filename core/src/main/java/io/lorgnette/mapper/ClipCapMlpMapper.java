package io.lorgnette.mapper;

import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * ClipCap's simpler mapping network (Mokady et al. 2021, section 3.2): an image's one embedding
 * through two linear maps with a tanh between them, read as P embeddings. It has no dropout.
 *
 * <p>Checked against the published module's outputs and gradients. Legend: see the package.
 */
public final class ClipCapMlpMapper implements Mapper {

  private final ClipCapMlpConfig config;
  private final Parameters parameters;

  ClipCapMlpMapper(ClipCapMlpConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
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
    Tensor hidden = torch.tanh(Layers.linear(image, parameters.at("in"))); // [B, P Do / 2]
    Tensor out = Layers.linear(hidden, parameters.at("out")); // [B, P Do]
    return out.view(out.size(0), config.prefixLength(), config.outputWidth()); // [B, P, Do]
  }

  @Override
  public ClipCapMlpConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
