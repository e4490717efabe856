package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Turns pixels into visual tokens.
 *
 * <p>Weights do not change: one encoder serves many threads. Gradients follow the caller's mode:
 * wrap {@link #encode} in {@link io.lorgnette.tensor.Tensors#noGrad} where the encoder is frozen.
 *
 * <p>Legend: B batch, S image size, N tokens, Di width.
 */
public interface VisionEncoder extends AutoCloseable {

  /**
   * Encodes a batch and shows its stages.
   *
   * @param pixels {@code [B, 3, S, S]}, normalised as the encoder's processor does; converted to
   *     the encoder's format and place where it differs
   * @return {@code [B, N, Di]} in the encoder's format
   * @throws IllegalArgumentException if the pixels have another shape
   */
  Tensor encode(Tensor pixels, Trace trace);

  /** Encodes a batch: {@code [B, 3, S, S] -> [B, N, Di]}. */
  default Tensor encode(Tensor pixels) {
    return encode(pixels, Trace.NONE);
  }

  /** The named stages of one pass in their order, the names as in {@link #encode}'s trace. */
  default Map<String, Tensor> stages(Tensor pixels) {
    Stages stages = new Stages();
    encode(pixels, stages);
    return stages.all();
  }

  /** What makes pixels of images for this encoder; its size is S. */
  ImageProcessor processor();

  /** N, visual tokens of one image. */
  int tokens();

  /** How the tokens lie on the image; empty where they are not places of it. */
  default Optional<TokenGrid> grid() {
    return Optional.empty();
  }

  /** Di, width of a visual token. */
  int width();

  /** The format that the encoder computes in. */
  Dtype dtype();

  /** The weights as they are used, for tuning. */
  Parameters parameters();

  /**
   * The same encoder over other tensors, in whose format it computes: masters in another format
   * perhaps, to which gradients flow. It shares this one's tables and is not closed.
   *
   * @param others under the names of {@link #parameters}
   */
  VisionEncoder with(Parameters others);

  /**
   * Parameters of the model as it was published, a classifier or projection that it has included.
   */
  long parameterCount();

  /**
   * Multiplications, each with its addition, of the matrices and convolutions that make one image's
   * features.
   */
  long multiplyAdds();

  /**
   * Architecture, SHA-256 of the weights and choice of output: equal for encoders that give equal
   * features up to rounding. It tells of the weights as loaded, so features of a tuned encoder must
   * not be cached under it.
   */
  String identity();

  @Override
  void close();
}
