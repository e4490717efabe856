package io.lorgnette.mapper;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;

/** A kind of mapping network with its sizes. Adding a kind is one record and one class. */
public sealed interface MapperConfig
    permits MaplConfig,
        ClipCapMlpConfig,
        ClipCapTransformerConfig,
        LinearConfig,
        MlpConfig,
        QFormerMapperConfig,
        PerceiverConfig {

  /** Di, width of the features. */
  int inputWidth();

  /** Do, width of the language model's embeddings, or of what its own layers look at. */
  int outputWidth();

  /** P, embeddings for each image. */
  int prefixLength();

  /** The map to the key names of the released checkpoints of this kind. */
  KeyMap keys();

  /** A mapper to be trained: the kind's initial weights in F32, the same on every machine. */
  Mapper create(long seed, Device device);

  /**
   * A mapper of given weights, which it owns from then on.
   *
   * @param parameters under the own names of {@link #keys}
   */
  Mapper of(Parameters parameters);

  /**
   * Reads a mapper's weights under their released names.
   *
   * @throws InputException listing the tensors that do not fit this configuration
   */
  default Mapper read(Checkpoint checkpoint, Dtype dtype, Device device) {
    return of(Parameters.of(keys().read(checkpoint, dtype, device)));
  }

  /** Trained parameters, computed from the sizes. */
  default long parameterCount() {
    return keys().parameterCount();
  }
}
