package io.lorgnette.bench;

import io.lorgnette.tensor.Dtype;

/**
 * A piece of work that is measured, the same in every run.
 *
 * @param name of the stage, such as {@code encode}
 * @param shape its sizes in words, such as {@code batch 8}
 * @param unit what its rate counts, in the plural
 * @param units done in a run
 * @param cost of a run
 * @param format that it computes in, or null where it does not use the engine
 * @param run does it once
 */
public record Stage(
    String name, String shape, String unit, double units, Cost cost, Dtype format, Runnable run) {

  /** Name and sizes. */
  public String title() {
    return name + ", " + shape;
  }
}
