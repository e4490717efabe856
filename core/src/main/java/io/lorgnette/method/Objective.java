package io.lorgnette.method;

/**
 * How a loss is taken.
 *
 * @param training whether dropout is on
 * @param labelSmoothing share of the probability that is spread over all words, 0 to below 1
 */
public record Objective(boolean training, double labelSmoothing) {

  /** Without dropout and smoothing: comparable between runs. */
  public static final Objective VALIDATION = new Objective(false, 0);

  /**
   * Checks the share.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public Objective {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing must be from 0 to below 1 but is " + labelSmoothing);
    }
  }

  /** With dropout. */
  public static Objective training(double labelSmoothing) {
    return new Objective(true, labelSmoothing);
  }
}
