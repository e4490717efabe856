package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reading with limits, and strict UTF-8. */
final class Bytes {
  private Bytes() {}

  /**
   * Reads to the end; more than {@code max} bytes are an {@link InputException} about {@code what}.
   */
  static byte[] limited(InputStream in, int max, String what) throws IOException {
    byte[] bytes = in.readNBytes(max + 1);
    if (bytes.length > max) {
      throw new InputException(what + " is longer than " + (max >> 20) + " MiB; make it smaller.");
    }
    return bytes;
  }

  static InputException unreadable(String what, IOException cause) {
    return new InputException(what + " can not be read (" + cause.getMessage() + ").", cause);
  }

  /** The text, or empty when the bytes are not UTF-8. */
  static Optional<String> utf8(byte[] bytes, int length) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
      return Optional.of(text.toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
