package io.lorgnette.metrics;

import io.lorgnette.metrics.VqaEvaluator.LeaveOut;

/**
 * How answers are scored.
 *
 * @param evaluator whose rule
 * @param leaveOut which annotators' answers are not compared with each other
 * @param evaluated which questions count
 */
public record VqaOptions(VqaEvaluator evaluator, LeaveOut leaveOut, Evaluated evaluated) {

  /** The official rule over all annotated questions. */
  public static VqaOptions defaults() {
    return new VqaOptions(VqaEvaluator.OFFICIAL, LeaveOut.INDEX, Evaluated.REFERENCES);
  }

  public VqaOptions with(VqaEvaluator other) {
    return new VqaOptions(other, leaveOut, evaluated);
  }

  public VqaOptions with(LeaveOut other) {
    return new VqaOptions(evaluator, other, evaluated);
  }

  public VqaOptions with(Evaluated other) {
    return new VqaOptions(evaluator, leaveOut, other);
  }
}
