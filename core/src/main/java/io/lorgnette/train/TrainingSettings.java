package io.lorgnette.train;

/**
 * How {@link TrainingLoop} trains.
 *
 * @param accumulation micro-batches whose gradients are averaged for one optimizer step
 * @param learningRate peak
 * @param clip largest common norm of the gradients, 0 for none
 * @param evaluateEvery optimizer steps between two evaluations, 0 for one at the end only
 * @param checkpointEvery optimizer steps between two checkpoints
 * @param patience evaluations without a better value after which training stops, 0 for never
 * @param seed of the data order and of dropout
 */
public record TrainingSettings(
    Schedule schedule,
    AdamW.Settings optimizer,
    int accumulation,
    double learningRate,
    double clip,
    long evaluateEvery,
    long checkpointEvery,
    int patience,
    long seed) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public TrainingSettings {
    if (accumulation < 1 || checkpointEvery < 1) {
      throw new IllegalArgumentException("accumulation and checkpointEvery must be at least 1");
    }
    if (!(learningRate > 0) || !(clip >= 0) || evaluateEvery < 0 || patience < 0) {
      throw new IllegalArgumentException(
          "learningRate must be positive; clip, evaluateEvery and patience not negative");
    }
  }
}
