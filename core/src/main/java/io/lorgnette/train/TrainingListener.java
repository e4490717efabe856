package io.lorgnette.train;

import java.util.Map;

/** Told of progress, from the training thread. */
public interface TrainingListener {

  /** A listener that does nothing. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * After each optimizer step.
   *
   * @param step steps taken so far
   * @param steps steps in all
   * @param unitsPerSecond since the last call
   */
  default void step(long step, long steps, double loss, double unitsPerSecond) {}

  /** After each evaluation. */
  default void evaluated(long step, Map<String, Double> values) {}
}
