package io.lorgnette.metrics;

import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The approximate randomization test between two systems: if they were equally good, exchanging
 * their outputs on some items would often give a difference as large as the observed one.
 */
final class Randomization {

  /** Sums in another order differ in their last bits. */
  private static final double ROUNDING = 1e-12;

  private Randomization() {}

  /**
   * The two-sided p value.
   *
   * @param shuffles how often items are drawn by lot
   * @param observed the difference of the systems as they are
   * @param difference the difference when the outputs of the marked items are exchanged; called
   *     from several threads at once
   */
  static double p(
      int items, long seed, int shuffles, double observed, ToDoubleFunction<boolean[]> difference) {
    double limit = Math.abs(observed) - ROUNDING;
    long asLarge =
        IntStream.range(0, shuffles)
            .parallel()
            .filter(
                number ->
                    Math.abs(difference.applyAsDouble(Bootstrap.toss(items, seed, number)))
                        >= limit)
            .count();
    return (asLarge + 1.0) / (shuffles + 1.0);
  }
}
