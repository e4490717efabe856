package io.lorgnette.spark.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A stream of a file system whose failures are told from those of what reads it: a broken archive
 * gives an {@link IOException}, a broken connection an {@link UncheckedIOException}.
 */
final class SourceStream extends FilterInputStream {

  private final String path;

  SourceStream(InputStream in, String path) {
    super(in);
    this.path = path;
  }

  /** Reads something. */
  @FunctionalInterface
  private interface Reading<T> {
    T from(InputStream in) throws IOException;
  }

  private <T> T reading(Reading<T> reading) {
    try {
      return reading.from(in);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can not be read: " + e.getMessage(), e);
    }
  }

  @Override
  public int read() {
    return reading(InputStream::read);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    return reading(stream -> stream.read(bytes, offset, length));
  }

  @Override
  public long skip(long bytes) {
    return reading(stream -> stream.skip(bytes));
  }
}
