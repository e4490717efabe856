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
 */
public record Objective(
    Dropout dropout, double labelSmoothing, Gathering gathering, boolean recompute) {

  /** Without dropout and smoothing: comparable between runs. */
  public static final Objective VALIDATION = new Objective(Dropout.NONE, 0);

  /** A loss that this process takes alone; nothing is run again. */
  public Objective(Dropout dropout, double labelSmoothing) {
    this(dropout, labelSmoothing, Gathering.ALONE, false);
  }

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
}
