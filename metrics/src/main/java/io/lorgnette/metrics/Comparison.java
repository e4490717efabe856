package io.lorgnette.metrics;

/**
 * How much better one system is than another on the same images, by the paired bootstrap: both are
 * scored on the same resampled images (Koehn 2004; Efron and Tibshirani 1993). And by approximate
 * randomization: the outputs of the two are exchanged on images drawn by lot (Noreen 1989; Riezler
 * and Maxwell 2005), as many times as images are resampled, with the same seed.
 *
 * @param metric the score's name
 * @param first the first system's score, a fraction
 * @param second the second system's score
 * @param difference first minus second, on the images as they are, with its 95 % interval
 * @param p two-sided: twice the smaller share of resamples in which the difference is not positive,
 *     or not negative, each counted with one more resample; at most 1
 * @param pRandomized two-sided: the share of exchanges that give at least the observed difference,
 *     the observed one counted in
 */
public record Comparison(
    String metric, double first, double second, Interval difference, double p, double pRandomized) {

  /** Whether the 95 % interval of the difference excludes 0. */
  public boolean significant() {
    return difference.low() > 0 || difference.high() < 0;
  }

  static Comparison of(
      String metric,
      double first,
      double second,
      double[] differences,
      double pRandomized,
      long seed) {
    int notPositive = 0;
    int notNegative = 0;
    for (double difference : differences) {
      notPositive += difference <= 0 ? 1 : 0;
      notNegative += difference >= 0 ? 1 : 0;
    }
    double p = 2.0 * (Math.min(notPositive, notNegative) + 1) / (differences.length + 1);
    Interval interval = Interval.of(first - second, differences, seed);
    return new Comparison(metric, first, second, interval, Math.min(1, p), pRandomized);
  }
}
