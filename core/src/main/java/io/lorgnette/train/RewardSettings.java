package io.lorgnette.train;

import io.lorgnette.recipe.RecipeNode;

/**
 * Self-critical training (Rennie et al. 2017): the connector draws captions of a photo, and those
 * that are better than the others become more likely (Luo 2020).
 *
 * @param metric that says how good a caption is
 * @param samples captions drawn of a photo, at least 2
 * @param temperature of the draw, and of the probabilities that change: below 1 the connector
 *     learns from captions that are nearer to what it says when it is asked
 * @param maxTokens of a caption that is drawn; what is longer is cut and lacks its end
 */
public record RewardSettings(Metric metric, int samples, double temperature, int maxTokens) {

  private static final int SAMPLES = 5;
  private static final int TOKENS = 30;

  /** What captions are rewarded for. */
  public enum Metric {
    /** CIDEr-D with the document frequencies of the training captions. */
    CIDER
  }

  static RewardSettings read(RecipeNode node) {
    return new RewardSettings(
        node.choice("metric", Metric.CIDER),
        node.integer("samples", SAMPLES).atLeast(2),
        node.number("temperature", 1).between(0.1, 10.0),
        node.integer("max_tokens", TOKENS).atLeast(2));
  }
}
