package io.lorgnette.mapper;

import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * BLIP-2's way from an image to a language model (Li et al. 2023, figure 3): what a Q-Former's
 * queries have seen, widened to embeddings. With a text side the queries are told what to look for,
 * as in InstructBLIP (Dai et al. 2023).
 */
public final class QFormerMapper implements Mapper {

  private final QFormerMapperConfig config;
  private final Parameters parameters;
  private final QFormer qformer;

  QFormerMapper(QFormerMapperConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = Checks.parameters(config, parameters);
    this.qformer = new QFormer(config.qformer(), parameters);
  }

  @Override
  public Tensor map(Tensor features, Dropout dropout) {
    return project(qformer.see(normed(features), dropout));
  }

  /**
   * The prefix of each image for an instruction.
   *
   * @param features {@code [B, N, Di]}
   * @param ids the instruction in the Q-Former's vocabulary, {@code [B, T]}
   * @param mask {@code [B, T]}, true or 1 where a token is real; or null when all are
   * @return {@code [B, P, Do]}
   */
  public Tensor map(Tensor features, Tensor ids, Tensor mask, Dropout dropout) {
    Tensor both = qformer.seeAndRead(normed(features), ids, mask, dropout);
    return project(both.narrow(1, 0, config.prefixLength()));
  }

  @Override
  public Tensor map(Tensor features, AttentionTrace trace) {
    return project(qformer.see(normed(features), trace));
  }

  /** As {@link #map(Tensor, Tensor, Tensor, Dropout)}, and shows how the queries attend. */
  public Tensor map(Tensor features, Tensor ids, Tensor mask, AttentionTrace trace) {
    Tensor both = qformer.seeAndRead(normed(features), ids, mask, trace);
    return project(both.narrow(1, 0, config.prefixLength()));
  }

  /** What enters the Q-Former: {@code [B, N, Di]} both. */
  public Tensor normed(Tensor features) {
    if (!config.imageNorm()) {
      return features;
    }
    return imageNorm(features, parameters);
  }

  /** BLIP-2's trained norm of the features ({@code ln_vision}), in the format of its weights. */
  public static Tensor imageNorm(Tensor features, Parameters parameters) {
    Parameters norm = parameters.at("image_norm");
    Tensor weight = norm.get("weight");
    Tensor input = Tensors.to(features, Tensors.dtype(weight), Tensors.device(weight));
    return Layers.layerNorm(input, norm, QFormerMapperConfig.IMAGE_NORM_EPSILON);
  }

  /** What the queries have seen as embeddings: {@code [B, P, d] -> [B, P, Do]}. */
  public Tensor project(Tensor queries) {
    return Layers.linear(queries, parameters.at("out"));
  }

  /** The Q-Former, which shares this mapper's weights. */
  public QFormer qformer() {
    return qformer;
  }

  @Override
  public QFormerMapperConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
