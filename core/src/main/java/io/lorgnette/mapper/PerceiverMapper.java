package io.lorgnette.mapper;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Flamingo's Perceiver resampler (Alayrac et al. 2022, figure 5): learned latents look at an
 * image's tokens and at themselves, layer by layer, and become so many outputs however many tokens
 * there are. It has no positions and no dropout. The frames of a film may follow each other in the
 * tokens.
 *
 * <p>Checked against OpenFlamingo's published module, values and gradients. Legend: see the
 * package.
 */
public final class PerceiverMapper implements Mapper {

  private static final double NORM_EPSILON = 1e-5;

  private final PerceiverConfig config;
  private final Parameters parameters;

  PerceiverMapper(PerceiverConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
  }

  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    return map(features, AttentionTrace.NONE);
  }

  @Override
  public Tensor map(Tensor features, AttentionTrace trace) {
    Tensor latents = parameters.get("latents"); // [P, Di]
    Tensor media = Checks.features(features, config.inputWidth(), latents); // [B, N, Di]
    Tensor x = latents.unsqueeze(0).expand(media.size(0), latents.size(0), latents.size(1));
    for (int i = 0; i < config.layers(); i++) {
      Parameters p = parameters.at("layers", i);
      int index = i;
      x = x.add(attention(media, x, p, looked -> trace.layer(index, looked)));
      x = x.add(feedForward(x, p.at("mlp")));
    }
    return norm(x, parameters.at("norm")); // [B, P, Di]
  }

  /** From the latents to the image's tokens and the latents: {@code [B, P, Di]}. */
  private Tensor attention(
      Tensor media, Tensor latents, Parameters p, Consumer<AttentionTrace.Looked> trace) {
    Tensor asking = norm(latents, p.at("latent_norm"));
    Tensor asked = Tensors.cat(1, norm(media, p.at("media_norm")), asking); // [B, N + P, Di]
    long inner = config.inner();
    Tensor both = Layers.linear(asked, p.at("key_value")); // [B, N + P, 2 inner]
    Tensor q = Attention.heads(Layers.linear(asking, p.at("query")), config.heads());
    Tensor k = Attention.heads(both.narrow(2, 0, inner), config.heads());
    Tensor v = Attention.heads(both.narrow(2, inner, inner), config.heads());
    Tensor seen = Attention.attend(q, k, v, null, false);
    trace.accept(new AttentionTrace.Looked(q, k, v, seen, false));
    return Layers.linear(seen, p.at("out"));
  }

  private Tensor feedForward(Tensor x, Parameters p) {
    Tensor hidden = Layers.linear(norm(x, p.at("norm")), p.at("up")); // [B, P, hidden]
    return Layers.linear(config.activation().apply(hidden), p.at("down"));
  }

  private static Tensor norm(Tensor x, Parameters p) {
    return Layers.layerNorm(x, p, NORM_EPSILON);
  }

  @Override
  public PerceiverConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
