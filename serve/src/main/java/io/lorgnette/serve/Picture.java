package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;

/**
 * An image of a request. Belongs to one thread at a time: first the request's, then the engine's.
 */
final class Picture {

  private final byte[] file;
  private final String name;
  private final String parameter;
  private final ImageReader.Options options;
  private final FeatureKey key;
  private ImageProcessor madeBy;
  private float[] pixels;
  private RgbImage image; // kept for those who ask for it

  /**
   * @param file its bytes
   * @param name for messages
   * @param parameter field of the request that holds it
   */
  Picture(byte[] file, String name, String parameter, ImageReader.Options options) {
    this.file = file;
    this.name = name;
    this.parameter = parameter;
    this.options = options;
    this.key = FeatureKey.of(file, 0);
  }

  /** Tells it from other images, by its bytes. */
  FeatureKey key() {
    return key;
  }

  /**
   * The image itself; read at the first call.
   *
   * @throws ApiException if it is no image that can be read
   */
  RgbImage image() {
    if (image == null) {
      image = read();
    }
    return image;
  }

  private RgbImage read() {
    try {
      return ImageReader.read(file, name, options);
    } catch (InputException e) {
      throw ApiException.wrong(parameter, "invalid_image", e.getMessage());
    }
  }

  /**
   * What an encoder is given, {@code [3, S, S]}; made at the first call.
   *
   * @throws ApiException if it is no image that can be read
   */
  float[] pixels(ImageProcessor processor) {
    if (pixels == null || !processor.equals(madeBy)) {
      pixels = processor.process(read());
      madeBy = processor;
    }
    return pixels;
  }
}
