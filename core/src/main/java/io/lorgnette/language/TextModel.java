package io.lorgnette.language;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/**
 * A language model of one of the two kinds: {@link LanguageModel} continues its input, {@link
 * EncoderDecoder} reads its input as a whole and then writes. Immutable: one loaded model serves
 * many threads.
 */
public sealed interface TextModel extends AutoCloseable permits LanguageModel, EncoderDecoder {

  /**
   * Loads {@code config.json} and the weights beside it, or a GGUF file, whichever kind they are
   * of: {@code model_type} t5 and bart are encoder-decoders, all others are left to {@link
   * LanguageModel#load}.
   *
   * @throws io.lorgnette.error.InputException if they do not describe a supported model
   */
  static TextModel load(Path folder, Dtype dtype, Device device) {
    return load(folder, Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Dtype, Device)}, its matrices kept in fewer bits perhaps. */
  static TextModel load(Path folder, Precision precision, Device device) {
    return isEncoderDecoder(HfFields.ofModel(folder))
        ? EncoderDecoder.load(folder, precision, device)
        : LanguageModel.load(folder, precision, device);
  }

  /**
   * As {@link #load(Path, Dtype, Device)}, of a model that is a part of a larger one.
   *
   * @param config its own fields
   * @param checkpoint its own tensors, see {@link Checkpoint#under}
   */
  static TextModel load(HfFields config, Checkpoint checkpoint, Dtype dtype, Device device) {
    return isEncoderDecoder(config)
        ? EncoderDecoder.load(
            HfEncoderDecoderConfig.of(config.file(), config.json()), checkpoint, dtype, device)
        : LanguageModel.load(HfConfig.of(config), checkpoint, dtype, device);
  }

  /** Whether fields describe one of the encoder-decoders, and not another kind of model. */
  static boolean isEncoderDecoder(HfFields config) {
    return HfEncoderDecoderConfig.describes(config);
  }

  /** V. */
  int vocabulary();

  /** D. */
  int width();

  /** Tokens of a sequence at most; {@link Integer#MAX_VALUE} where there is no limit. */
  int positions();

  Parameters parameters();

  /** What tells these weights from others: the hash of their file. */
  String identity();

  Dtype dtype();

  Device device();

  /** Word embeddings without positions: {@code ids [B, T] -> [B, T, D]}. */
  Tensor embed(Tensor ids);

  /** Scores of the next token: {@code [..., D] -> [..., V]}. */
  Tensor logits(Tensor hidden);

  @Override
  void close();
}
