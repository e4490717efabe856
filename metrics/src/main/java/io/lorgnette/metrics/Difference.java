package io.lorgnette.metrics;

import java.util.Arrays;

/** A difference of two scores with what its resamples say. Immutable, thread-safe. */
public final class Difference {

  private final Interval interval;
  private final double[] resampled;

  private Difference(Interval interval, double[] resampled) {
    this.interval = interval;
    this.resampled = resampled;
  }

  static Difference of(double value, double[] resampled, long seed) {
    return new Difference(Interval.of(value, resampled, seed), resampled);
  }

  /** The difference as it is and its 95 % percentile interval, fractions. */
  public Interval interval() {
    return interval;
  }

  /** The difference itself, a fraction. */
  public double value() {
    return interval.value();
  }

  /** One-sided, small where the difference is above 0: the share of resamples that are not. */
  public double pAbove() {
    return share(0, false);
  }

  /**
   * The p value of the two one-sided tests (Schuirmann 1987) that the difference lies within a
   * margin of 0 on either side: the larger share of resamples beyond one end.
   *
   * @param margin positive, a fraction
   */
  public double pWithin(double margin) {
    return Math.max(share(-margin, false), share(margin, true));
  }

  /** The share of resamples at or beyond a bound, one more counted in. */
  private double share(double bound, boolean above) {
    long beyond = Arrays.stream(resampled).filter(d -> above ? d >= bound : d <= bound).count();
    return (beyond + 1.0) / (resampled.length + 1.0);
  }
}
