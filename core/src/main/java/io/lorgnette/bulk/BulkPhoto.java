package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import io.lorgnette.image.RgbImage;
import java.util.function.Supplier;

/**
 * A photo that has not been read yet.
 *
 * @param name by which it is known again: its path, or {@code ARCHIVE!ENTRY}
 * @param image reads and decodes it; throws {@link InputException} if it can not. Called once, on
 *     any thread
 */
public record BulkPhoto(String name, Supplier<RgbImage> image) {

  /** Something that is listed with the photos and can not be read. */
  static BulkPhoto broken(String name, String why) {
    return broken(name, new InputException(why));
  }

  static BulkPhoto broken(String name, InputException why) {
    return new BulkPhoto(
        name,
        () -> {
          throw why;
        });
  }
}
