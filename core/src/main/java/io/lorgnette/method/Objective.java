package io.lorgnette.method;

import io.lorgnette.nn.Dropout;

/**
 * How a loss is taken.
 *
 * @param dropout of the mapper
 * @param labelSmoothing share of the probability that is spread over all words, 0 to below 1
 * @param temperature by which scores are divided, above 0; other than 1 only for methods that
 *     {@linkplain MethodConfig#weighsTexts weigh texts}
 */
public record Objective(Dropout dropout, double labelSmoothing, double temperature) {

  /** Without dropout and smoothing: comparable between runs. */
  public static final Objective VALIDATION = new Objective(Dropout.NONE, 0);

  /** At a temperature of 1. */
  public Objective(Dropout dropout, double labelSmoothing) {
    this(dropout, labelSmoothing, 1);
  }

  /** The loss of texts that were drawn at a temperature, without dropout. */
  public static Objective drawnAt(double temperature) {
    return new Objective(Dropout.NONE, 0, temperature);
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Objective {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "labelSmoothing must be from 0 to below 1 but is " + labelSmoothing);
    }
    if (!(temperature > 0 && Double.isFinite(temperature))) {
      throw new IllegalArgumentException("temperature must be above 0 but is " + temperature);
    }
  }
}
