package io.lorgnette.train;

/**
 * The learning rate over the optimizer steps: a linear rise from 0, then constant, linear or
 * cosine.
 *
 * @param kind what follows the warm-up
 * @param warmup optimizer steps of the rise; the first step has rate 0 when there are any
 * @param steps optimizer steps in all; where linear and cosine end
 * @param floor share of the peak that linear and cosine end at, 0 to 1
 */
public record Schedule(Kind kind, long warmup, long steps, double floor) {

  /** What follows the warm-up. */
  public enum Kind {
    CONSTANT,
    LINEAR,
    COSINE
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public Schedule {
    if (warmup < 0 || steps < 1) {
      throw new IllegalArgumentException("warmup must be at least 0 and steps at least 1");
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("floor must lie between 0 and 1 but is " + floor);
    }
  }

  /**
   * The factor on the peak learning rate.
   *
   * @param step optimizer steps taken before this one
   */
  public double factor(long step) {
    if (step < warmup) {
      return (double) step / warmup;
    }
    double progress = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
    return switch (kind) {
      case CONSTANT -> 1;
      case LINEAR -> floor + (1 - floor) * (1 - progress);
      case COSINE -> floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    };
  }
}
