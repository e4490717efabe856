package io.lorgnette.method;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.nn.Dropout;

/**
 * How a loss is taken.
 *
 * @param dropout of the mapper
 * @param labelSmoothing share of the probability that is spread over all words, 0 to below 1
 * @param gathering of the processes that have the other parts of a batch whose images are compared
 * @param recompute whether layers of the language model are run again for the gradient, instead of
 *     keeping what they computed; for methods that {@linkplain Method#recomputes can}
 * @param temperature by which scores are divided, above 0; other than 1 only for methods that
 *     {@linkplain MethodConfig#weighsTexts weigh texts}
 */
public record Objective(
    Dropout dropout,
    double labelSmoothing,
    Gathering gathering,
    boolean recompute,
    double temperature) {

  /** Without dropout and smoothing: comparable between runs. */
  public static final Objective VALIDATION = new Objective(Dropout.NONE, 0);

  /** A loss that this process takes alone; nothing is run again, the temperature is 1. */
  public Objective(Dropout dropout, double labelSmoothing) {
    this(dropout, labelSmoothing, Gathering.ALONE, false, 1);
  }

  /** The loss of texts that were drawn at a temperature, without dropout. */
  public static Objective drawnAt(double temperature) {
    return new Objective(Dropout.NONE, 0, Gathering.ALONE, false, temperature);
  }

  /** The same with layers run again, if asked. */
  public Objective recomputing(boolean again) {
    return new Objective(dropout, labelSmoothing, gathering, again, temperature);
  }

  /** The same together with other processes. */
  public Objective among(Gathering processes) {
    return new Objective(dropout, labelSmoothing, processes, recompute, temperature);
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
