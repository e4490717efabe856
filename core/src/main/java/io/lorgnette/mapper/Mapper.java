package io.lorgnette.mapper;

import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import org.bytedeco.pytorch.Tensor;

/**
 * A network from visual features to a prefix of embeddings. Its weights change only by training;
 * mapping is safe for use by several threads.
 */
public sealed interface Mapper extends AutoCloseable
    permits MaplMapper,
        ClipCapMlpMapper,
        ClipCapTransformerMapper,
        LinearMapper,
        MlpMapper,
        QFormerMapper,
        PerceiverMapper {

  /** The prefix of each image, without dropout: {@code [B, N, Di] -> [B, P, Do]}. */
  default Tensor map(Tensor features) {
    return map(features, Dropout.NONE);
  }

  /**
   * The prefix of each image.
   *
   * @param features {@code [B, N, Di]}, in any number format
   * @param dropout in training; how much of it is the mapper's own
   * @return {@code [B, P, Do]} in the format of the weights
   * @throws IllegalArgumentException if the features do not have width Di, or as many tokens as the
   *     kind needs
   */
  Tensor map(Tensor features, Dropout dropout);

  /**
   * As {@link #map(Tensor)}, and shows how the prefix attends to the image's tokens; a kind that
   * does not attend to them shows nothing.
   */
  default Tensor map(Tensor features, AttentionTrace trace) {
    return map(features);
  }

  /** Sizes and names. */
  MapperConfig config();

  /** All weights, under the own names of {@link MapperConfig#keys}. */
  Parameters parameters();

  /** P, embeddings for each image. */
  default int prefixLength() {
    return config().prefixLength();
  }

  /** Frees the weights. */
  @Override
  default void close() {
    parameters().close();
  }
}
