package io.lorgnette.image;

/**
 * The weights along one axis: for each wanted output position, which input positions count and how
 * much, as integers with {@value #FRACTION_BITS} fractional bits, as in Pillow.
 */
final class Kernel {

  static final int FRACTION_BITS = 22;

  /** First input position of each output position. */
  final int[] start;

  /** Number of input positions of each output position. */
  final int[] count;

  /** Weights, {@link #stride} places for each output position. */
  final int[] weights;

  final int stride;

  /**
   * Weights for shrinking or enlarging {@code inSize} to {@code outSize}, of which only {@code
   * wanted} positions from {@code from} on are made.
   */
  Kernel(int inSize, int outSize, int from, int wanted, Filter filter) {
    double scale = (double) inSize / outSize;
    // When shrinking the kernel is stretched, so that every input pixel counts (antialiasing).
    double stretch = Math.max(1, scale);
    double support = filter.radius() * stretch;
    stride = 2 * (int) Math.ceil(support) + 1;
    start = new int[wanted];
    count = new int[wanted];
    weights = new int[Math.multiplyExact(wanted, stride)];
    double[] exact = new double[stride];
    for (int i = 0; i < wanted; i++) {
      double centre = (from + i + 0.5) * scale;
      int first = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(inSize, (int) (centre + support + 0.5));
      double sum = 0;
      for (int x = first; x < end; x++) {
        exact[x - first] = filter.weight((x - centre + 0.5) * (1 / stretch));
        sum += exact[x - first];
      }
      start[i] = first;
      count[i] = end - first;
      for (int j = 0; j < end - first; j++) {
        double weight = exact[j] / sum * (1 << FRACTION_BITS);
        weights[i * stride + j] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
      }
    }
  }

  int firstInput() {
    return start[0];
  }

  int endInput() {
    return start[start.length - 1] + count[count.length - 1];
  }
}
