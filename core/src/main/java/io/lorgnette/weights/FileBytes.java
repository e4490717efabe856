package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Little-endian numbers and strings of a file that nobody has checked: what is asked for is
 * compared with what is there before memory is taken. For one thread.
 */
final class FileBytes implements AutoCloseable {

  private static final int WINDOW = 1 << 16;

  private final Path file;
  private final String kind;
  private final FileChannel channel;
  private final long size;
  private final ByteBuffer window =
      ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long windowStart;
  private long limit;

  private FileBytes(Path file, String kind, FileChannel channel) throws IOException {
    this.file = file;
    this.kind = kind;
    this.channel = channel;
    this.size = channel.size();
    this.limit = size;
  }

  /**
   * Opens a file at its first byte.
   *
   * @param kind what it should be, for messages: "PyTorch checkpoint"
   * @throws InputException if it is absent or can not be read
   */
  static FileBytes open(Path file, String kind) {
    try {
      return new FileBytes(file, kind, FileChannel.open(file, StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      throw new InputException(file + " does not exist; give the path of a checkpoint", e);
    } catch (IOException e) {
      String what = Files.isDirectory(file) ? "is a folder" : "can not be read: " + e.getMessage();
      throw new InputException(file + " " + what + "; expected a " + kind, e);
    }
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  long position() {
    return windowStart + window.position();
  }

  /** Bytes that may still be read. */
  long remaining() {
    return limit - position();
  }

  /** Goes to a place and lets at most {@code length} bytes be read from there. */
  FileBytes range(long begin, long length) {
    if (begin < 0 || length < 0 || begin > size - length) {
      throw broken("says that " + length + " bytes lie at " + begin + " but has " + size);
    }
    limit = begin + length;
    windowStart = begin;
    window.position(0).limit(0);
    return this;
  }

  /** Passes over bytes that must be there. */
  void skip(long count) {
    require(count);
    range(position() + count, limit - position() - count);
  }

  int u8() {
    fill(1);
    return window.get() & 0xFF;
  }

  int u16() {
    fill(2);
    return window.getShort() & 0xFFFF;
  }

  int i32() {
    fill(4);
    return window.getInt();
  }

  long u32() {
    return i32() & 0xFFFF_FFFFL;
  }

  long i64() {
    fill(8);
    return window.getLong();
  }

  byte[] bytes(long count) {
    require(count);
    if (count > Integer.MAX_VALUE - 8) {
      throw broken("has a string of " + count + " bytes at " + position());
    }
    byte[] bytes = new byte[(int) count];
    for (int at = 0; at < bytes.length; ) {
      fill(1);
      int part = Math.min(window.remaining(), bytes.length - at);
      window.get(bytes, at, part);
      at += part;
    }
    return bytes;
  }

  String utf8(long count) {
    return new String(bytes(count), StandardCharsets.UTF_8);
  }

  /** Text up to the next line break, which is passed over. */
  String line(int atMost) {
    StringBuilder line = new StringBuilder();
    for (int c = u8(); c != '\n'; c = u8()) {
      if (line.length() == atMost) {
        throw broken("has a name of more than " + atMost + " bytes at " + position());
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private void require(long count) {
    if (count < 0 || count > remaining()) {
      throw broken(
          "should go on for "
              + Long.toUnsignedString(count)
              + " bytes at "
              + position()
              + " but has "
              + remaining());
    }
  }

  private void fill(int count) {
    if (window.remaining() >= count) {
      return;
    }
    require(count);
    long position = position();
    window.clear().limit((int) Math.min(WINDOW, limit - position));
    windowStart = position;
    try {
      while (window.hasRemaining()) {
        if (channel.read(window, position + window.position()) < 0) {
          throw broken("became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
    window.flip();
  }

  /** What to throw when the file contradicts itself. */
  InputException broken(String what) {
    return new InputException(
        file + " " + what + "; it is not a whole " + kind + ", fetch or write it again");
  }

  /** What to throw when the file holds what is not read. */
  InputException refused(String what, String advice) {
    return new InputException(file + " " + what + "; " + advice);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new InputException(file + " can not be closed: " + e.getMessage(), e);
    }
  }
}
