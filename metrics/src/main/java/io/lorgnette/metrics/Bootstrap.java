package io.lorgnette.metrics;

import java.util.stream.IntStream;

/**
 * Draws items with replacement. Each resample has a random stream of its own, computed from seed
 * and number, so results depend neither on threads nor on the Java version.
 */
final class Bootstrap {

  /** A score of some items. */
  @FunctionalInterface
  interface Statistic {

    /**
     * The score of the items at {@code drawn}, which may name an item several times.
     *
     * <p>Called from several threads at once.
     */
    double of(int[] drawn);
  }

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private Bootstrap() {}

  /** All items once, in order. */
  static int[] all(int items) {
    return IntStream.range(0, items).toArray();
  }

  /** The statistic of {@code resamples} resamples of {@code items} items. */
  static double[] resample(int items, long seed, int resamples, Statistic statistic) {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples must be at least 1 but was " + resamples);
    }
    return IntStream.range(0, resamples)
        .parallel()
        .mapToDouble(number -> statistic.of(draw(items, seed, number)))
        .toArray();
  }

  /** {@code items} indices below {@code items}, by SplitMix64 (Steele, Lea and Flood 2014). */
  static int[] draw(int items, long seed, int number) {
    long state = mix(seed + GOLDEN_GAMMA) ^ mix((number + 1) * GOLDEN_GAMMA);
    int[] drawn = new int[items];
    for (int i = 0; i < items; i++) {
      state += GOLDEN_GAMMA;
      drawn[i] = (int) (((mix(state) >>> 32) * items) >>> 32);
    }
    return drawn;
  }

  /** A toss of a coin for each of {@code items}; another stream than that of {@link #draw}. */
  static boolean[] toss(int items, long seed, int number) {
    long state = mix(seed - GOLDEN_GAMMA) ^ mix((number + 1) * GOLDEN_GAMMA);
    boolean[] tossed = new boolean[items];
    for (int i = 0; i < items; i++) {
      state += GOLDEN_GAMMA;
      tossed[i] = mix(state) < 0;
    }
    return tossed;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
