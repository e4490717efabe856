package io.lorgnette.explain;

import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Gathers from all layers how much each embedding of the prefix of one image draws on each visual
 * token.
 *
 * <p>Where the prefix looks at the image (Q-Former, Perceiver) it is the mean of the attention
 * weights over layers and heads. Where image and prefix attend to each other (MAPL) a layer's
 * tokens are mixtures already, so the layers are multiplied, half of each for what passes by the
 * attention: attention rollout (Abnar and Zuidema 2020).
 *
 * <p>Belongs to one thread.
 */
final class PrefixAttention implements AttentionTrace {

  private final int tokens;
  private double[][] drawn; // [P or all, keys]
  private boolean together;
  private int layers;

  /**
   * @param tokens N, visual tokens of the image
   */
  PrefixAttention(int tokens) {
    this.tokens = tokens;
  }

  @Override
  public void layer(int layer, Looked looked) {
    double[][] weights = meanOverHeads(looked);
    together = looked.together();
    layers++;
    if (together) {
      drawn = multiplied(halfPassingBy(weights), drawn);
    } else if (drawn == null) {
      drawn = weights;
    } else {
      for (int i = 0; i < weights.length; i++) {
        for (int j = 0; j < weights[i].length; j++) {
          drawn[i][j] += weights[i][j];
        }
      }
    }
  }

  /** Whether any layer was seen. */
  boolean any() {
    return drawn != null;
  }

  /** Shares of the visual tokens for each embedding, {@code [P][N]}; sums are at most 1. */
  double[][] shares() {
    int first = together ? tokens : 0;
    double[][] shares = new double[drawn.length - first][tokens];
    for (int p = 0; p < shares.length; p++) {
      for (int n = 0; n < tokens; n++) {
        shares[p][n] = drawn[first + p][n] / (together ? 1 : layers);
      }
    }
    return shares;
  }

  /** {@code [1, h, T, S] -> [T][S]}. */
  private static double[][] meanOverHeads(Looked looked) {
    try (Scope scope = Scope.open()) {
      Tensor mean = looked.weights().select(0, 0).mean(new long[] {0}); // [T, S]
      float[] values = Tensors.toFloats(mean);
      int columns = Math.toIntExact(mean.size(1));
      double[][] weights = new double[Math.toIntExact(mean.size(0))][columns];
      for (int i = 0; i < values.length; i++) {
        weights[i / columns][i % columns] = values[i];
      }
      return weights;
    }
  }

  private static double[][] halfPassingBy(double[][] weights) {
    for (int i = 0; i < weights.length; i++) {
      for (int j = 0; j < weights.length; j++) {
        weights[i][j] = (weights[i][j] + (i == j ? 1 : 0)) / 2;
      }
    }
    return weights;
  }

  private static double[][] multiplied(double[][] later, double[][] earlier) {
    if (earlier == null) {
      return later;
    }
    int n = later.length;
    double[][] product = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double factor = later[i][k];
        for (int j = 0; j < n; j++) {
          product[i][j] += factor * earlier[k][j];
        }
      }
    }
    return product;
  }
}
