package io.lorgnette.method;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
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
   * @throws io.lorgnette.error.InputException if it is broken, or has no such output
   */
  public static Sight open(Path folder, String name, MethodConfig method, Device device) {
    if (method.trainsEncoder()) {
      VisionEncoder eyes = VisionEncoders.load(folder, Dtype.F32, device);
      return new Sight(new PixelEncoder(eyes.processor()), EncoderSpec.of(name, eyes), eyes);
    }
    VisionEncoder encoder =
        method.output().isPresent()
            ? VisionEncoders.load(folder, method.output().get(), Dtype.F32, device)
            : VisionEncoders.load(folder, Dtype.F32, device);
    return new Sight(encoder, EncoderSpec.of(name, encoder), null);
  }

  @Override
  public void close() {
    features.close();
    if (eyes != null) {
      eyes.close();
    }
  }
}
