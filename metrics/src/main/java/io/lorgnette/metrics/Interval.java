package io.lorgnette.metrics;

import java.util.Arrays;

/**
 * A score with its 95 % percentile bootstrap interval over images.
 *
 * @param value the score on the images as they are, a fraction
 * @param low the 2.5 % quantile of the resampled scores
 * @param high the 97.5 % quantile
 * @param seed what the resamples were drawn with; the same seed gives the same interval
 * @param resamples how many times as many images were drawn with replacement, and had a score
 */
public record Interval(double value, double low, double high, long seed, int resamples) {

  /** The share of resampled scores that an interval spans. */
  public static final double LEVEL = 0.95;

  /** A number of resamples that is enough for two digits of an interval's ends. */
  public static final int RESAMPLES = 1_000;

  static Interval of(double value, double[] resampled, long seed) {
    if (resampled.length == 0) {
      return new Interval(value, Double.NaN, Double.NaN, seed, 0);
    }
    double[] sorted = resampled.clone();
    Arrays.sort(sorted);
    double tail = (1 - LEVEL) / 2;
    return new Interval(
        value, quantile(sorted, tail), quantile(sorted, 1 - tail), seed, resampled.length);
  }

  /** Linear interpolation between order statistics, as in NumPy's default. */
  static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) at;
    if (below + 1 >= sorted.length) {
      return sorted[sorted.length - 1];
    }
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
  }
}
