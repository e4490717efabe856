package io.lorgnette.vision;

/** Counts the multiplications of matrices and convolutions, each with its addition, of one pass. */
final class Work {

  private Work() {}

  /**
   * Transformer blocks without gates in their feed-forward.
   *
   * @param tokens of the sequence
   * @param width of the stream
   * @param hidden width of the feed-forward
   */
  static long blocks(long count, long tokens, long width, long hidden) {
    long perToken = 4 * width * width + 2 * width * hidden;
    return count * (tokens * perToken + 2 * tokens * tokens * width);
  }

  /** The convolution that makes tokens of patches of a square image, three colours each. */
  static long patches(long imageSize, long patch, long width) {
    long side = imageSize / patch;
    return side * side * 3 * patch * patch * width;
  }

  /**
   * A convolution with square kernels.
   *
   * @param in channels that each output sees
   * @param side of the output map
   */
  static long convolution(long in, long out, long kernel, long side) {
    return in * out * kernel * kernel * side * side;
  }

  /** The side of a map behind a stride. */
  static int side(int before, int stride) {
    return (before + stride - 1) / stride;
  }
}
