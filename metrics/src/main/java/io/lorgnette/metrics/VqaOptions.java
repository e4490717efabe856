package io.lorgnette.metrics;

import io.lorgnette.metrics.VqaEvaluator.LeaveOut;

/**
 * How answers are scored.
 *
 * @param evaluator whose rule
 * @param leaveOut which annotators' answers are not compared with each other
 * @param evaluated which questions count
 * @param stems whether answers are turned into OK-VQA's stems before the evaluator sees them
 */
public record VqaOptions(
    VqaEvaluator evaluator, LeaveOut leaveOut, Evaluated evaluated, boolean stems) {

  /** The official rule over all annotated questions. */
  public static VqaOptions defaults() {
    return new VqaOptions(VqaEvaluator.OFFICIAL, LeaveOut.INDEX, Evaluated.REFERENCES, false);
  }

  public VqaOptions with(VqaEvaluator other) {
    return new VqaOptions(other, leaveOut, evaluated, stems);
  }

  public VqaOptions with(LeaveOut other) {
    return new VqaOptions(evaluator, other, evaluated, stems);
  }

  public VqaOptions with(Evaluated other) {
    return new VqaOptions(evaluator, leaveOut, other, stems);
  }

  /** With answers turned into {@link OkVqaStems} or not; people's answers are stems already. */
  public VqaOptions withStems(boolean newStems) {
    return new VqaOptions(evaluator, leaveOut, evaluated, newStems);
  }
}
