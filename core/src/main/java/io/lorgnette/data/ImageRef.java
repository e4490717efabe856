package io.lorgnette.data;

import io.lorgnette.error.InputException;

/**
 * An image that has not been read yet.
 *
 * @param name its name within the source, such as {@code val2014/COCO_val2014_000000000042.jpg}
 * @param source what holds it
 */
public record ImageRef(String name, ImageSource source) {

  /**
   * The encoded bytes of the image file.
   *
   * @throws InputException when the image is missing, can not be read, or is longer than {@link
   *     ImageSource#MAX_IMAGE_BYTES}
   */
  public byte[] bytes() {
    return source.read(name);
  }

  /** For messages: the image and what holds it. */
  @Override
  public String toString() {
    return name + " in " + source;
  }
}
