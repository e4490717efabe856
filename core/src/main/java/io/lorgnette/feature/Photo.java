package io.lorgnette.feature;

import io.lorgnette.image.View;
import java.util.function.Supplier;

/**
 * An image file that has not been read yet.
 *
 * @param name what to call it in messages
 * @param bytes reads the file; throws {@link io.lorgnette.error.InputException} if it can not.
 *     Called once, on any thread
 * @param view how it is looked at
 */
public record Photo(String name, Supplier<byte[]> bytes, View view) {

  /** An image file that is looked at as it is. */
  public Photo(String name, Supplier<byte[]> bytes) {
    this(name, bytes, View.PLAIN);
  }

  /** An image file that is in memory. */
  public static Photo of(String name, byte[] bytes) {
    return new Photo(name, () -> bytes);
  }
}
