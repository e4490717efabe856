package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;

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
   * What an encoder is given, {@code [3, S, S]}; made at the first call.
   *
   * @throws ApiException if it is no image that can be read
   */
  float[] pixels(ImageProcessor processor) {
    if (pixels == null || !processor.equals(madeBy)) {
      try {
        pixels = processor.process(ImageReader.read(file, name, options));
        madeBy = processor;
      } catch (InputException e) {
        throw ApiException.wrong(parameter, "invalid_image", e.getMessage());
      }
    }
    return pixels;
  }
}
