package io.lorgnette.spark;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import java.util.Optional;

/** Values of a column of image files. */
final class ImageColumn {

  private static final String NAME = "the image";

  private ImageColumn() {}

  /** The picture; empty for null and for what can not be read. */
  static Optional<RgbImage> picture(byte[] file) {
    try {
      return file == null ? Optional.empty() : Optional.of(ImageReader.read(file, NAME));
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /** Why there is no picture; null where there is one. */
  static String problem(byte[] file) {
    if (file == null) {
      return NAME + " is missing";
    }
    try {
      ImageReader.read(file, NAME);
      return null;
    } catch (InputException e) {
      return e.getMessage();
    }
  }
}
