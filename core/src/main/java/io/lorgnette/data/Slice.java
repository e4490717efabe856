package io.lorgnette.data;

/**
 * A stretch of a file packed into one long: 37 bits of offset and 26 bits of length.
 *
 * <p>Data sets are indexed by slices, so that an index of millions of records is some megabytes
 * while their text stays on disk.
 */
final class Slice {
  /** No stretch at all. */
  static final long NONE = -1;

  static final int MAX_LENGTH = (1 << 26) - 1;
  private static final long MAX_OFFSET = (1L << 37) - 1;

  private Slice() {}

  static boolean fits(long offset, long length) {
    return offset >= 0 && offset <= MAX_OFFSET && length >= 0 && length <= MAX_LENGTH;
  }

  static long of(long offset, long length) {
    if (!fits(offset, length)) {
      throw new IllegalArgumentException("slice at " + offset + " of " + length + " bytes");
    }
    return offset << 26 | length;
  }

  static long offset(long slice) {
    return slice >>> 26;
  }

  static int length(long slice) {
    return (int) (slice & MAX_LENGTH);
  }
}
