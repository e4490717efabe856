package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Optional;

/** What every encoder holds: its weights and where they are, and what makes pixels for it. */
abstract class LoadedEncoder implements VisionEncoder {

  final Parameters weights;
  final String weightsId;
  final ImageProcessor processor;
  final Dtype dtype;
  final Device device;

  /**
   * An encoder that owns its weights.
   *
   * @param weightsId what tells them from others: the hash of their file
   */
  LoadedEncoder(
      Parameters weights, String weightsId, ImageProcessor processor, Dtype dtype, Device device) {
    this.weights = weights;
    this.weightsId = weightsId;
    this.processor = processor;
    this.dtype = dtype;
    this.device = device;
  }

  /** What the encoder was loaded for. */
  abstract EncoderConfig config();

  @Override
  public int tokens() {
    return config().tokens();
  }

  @Override
  public Optional<TokenGrid> grid() {
    return TokenGrid.square(tokens(), config().placeless());
  }

  @Override
  public long parameterCount() {
    return config().parameterCount();
  }

  @Override
  public long multiplyAdds() {
    return config().multiplyAdds();
  }

  @Override
  public String identity() {
    EncoderConfig c = config();
    return c.describe() + " output " + c.outputName() + " weights " + weightsId;
  }

  @Override
  public ImageProcessor processor() {
    return processor;
  }

  @Override
  public Dtype dtype() {
    return dtype;
  }

  @Override
  public Parameters parameters() {
    return weights;
  }

  /** The format of tensors that take the place of this encoder's. */
  static Dtype format(Parameters others) {
    return Tensors.dtype(others.tensors().iterator().next());
  }

  @Override
  public void close() {
    weights.close();
  }
}
