package io.lorgnette.feature;

import java.util.function.Supplier;

/**
 * An image file that has not been read yet.
 *
 * @param name what to call it in messages
 * @param bytes reads the file; throws {@link io.lorgnette.error.InputException} if it can not.
 *     Called once, on any thread
 */
public record Photo(String name, Supplier<byte[]> bytes) {

  /** An image file that is in memory. */
  public static Photo of(String name, byte[] bytes) {
    return new Photo(name, () -> bytes);
  }
}
