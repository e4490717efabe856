package io.lorgnette.train;

import io.lorgnette.recipe.RecipeNode;

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
 * @param average share of the moving average of the weights that stays at a step: the average is
 *     what is evaluated and kept; 0 for the weights themselves
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
    long seed,
    double average) {

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
    if (!(average >= 0 && average < 1)) {
      throw new IllegalArgumentException("average must be at least 0 and less than 1");
    }
  }

  /**
   * Reads the section of a recipe; what it leaves out is taken from {@code defaults}.
   *
   * @throws io.lorgnette.error.InputException naming key and line
   */
  public static TrainingSettings read(RecipeNode node, TrainingSettings defaults) {
    Schedule schedule = defaults.schedule();
    AdamW.Settings adam = defaults.optimizer();
    return new TrainingSettings(
        new Schedule(
            node.choice("schedule", schedule.kind()),
            node.longInteger("warmup_steps", schedule.warmup()).atLeast(0L),
            node.longInteger("steps", schedule.steps()).atLeast(1L),
            node.number("floor", schedule.floor()).between(0.0, 1.0)),
        new AdamW.Settings(
            node.number("beta1", adam.beta1()).fromBelow(0.0, 1.0),
            node.number("beta2", adam.beta2()).fromBelow(0.0, 1.0),
            node.number("epsilon", adam.epsilon()).above(0.0),
            node.number("weight_decay", adam.weightDecay()).atLeast(0.0)),
        node.integer("accumulation", defaults.accumulation()).atLeast(1),
        node.number("learning_rate", defaults.learningRate()).above(0.0),
        node.number("clip", defaults.clip()).atLeast(0.0),
        node.longInteger("evaluate_every", defaults.evaluateEvery()).atLeast(0L),
        node.longInteger("checkpoint_every", defaults.checkpointEvery()).atLeast(1L),
        node.integer("patience", defaults.patience()).atLeast(0),
        node.longInteger("seed", defaults.seed()).any(),
        node.number("average", defaults.average()).fromBelow(0.0, 1.0));
  }
}
