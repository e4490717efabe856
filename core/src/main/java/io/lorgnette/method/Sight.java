package io.lorgnette.method;

import io.lorgnette.tensor.Device;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;

/**
 * The encoder of a method, loaded: what its features come from, and itself where it is trained.
 *
 * @param features makes what the method is given of each image; it does not change
 * @param spec describes the encoder
 * @param eyes the encoder to be trained, or null
 */
public record Sight(VisionEncoder features, EncoderSpec spec, VisionEncoder eyes)
    implements AutoCloseable {

  /**
   * Loads the encoder of a folder as a method wants it, in F32.
   *
   * @param name for people
   * @param output which of its outputs; empty for its own choice
   * @param trained whether the encoder is to be trained
   * @throws io.lorgnette.error.InputException if it is broken, or has no such output
   */
  public static Sight open(
      Path folder, String name, String output, boolean trained, Device device) {
    Precision precision = trained ? Precision.F32 : Precision.F32.forInference();
    VisionEncoder encoder =
        output.isEmpty()
            ? VisionEncoders.load(folder, precision, device)
            : VisionEncoders.load(folder, output, precision, device);
    EncoderSpec spec = EncoderSpec.of(name, output, encoder);
    return trained
        ? new Sight(new PixelEncoder(encoder.processor()), spec, encoder)
        : new Sight(encoder, spec, null);
  }

  /** Loads the encoder that a connector was trained with, whose file says how. */
  public static Sight open(Path folder, String name, ConnectorOrigin origin, Device device) {
    boolean trained = origin.config().trainsEncoder();
    return open(folder, name, origin.pair().encoder().output(), trained, device);
  }

  @Override
  public void close() {
    features.close();
    if (eyes != null) {
      eyes.close();
    }
  }
}
