package io.lorgnette.metrics;

import io.lorgnette.metrics.NGrams.Caption;
import java.util.List;

/** ROUGE-L (Lin 2004) as coco-caption computes it: best precision and best recall independently. */
final class RougeL {

  private static final double BETA_SQUARED = 1.2 * 1.2;

  private RougeL() {}

  static double score(Caption hypothesis, List<Caption> references) {
    double precision = 0;
    double recall = 0;
    for (Caption reference : references) {
      int common = commonLength(hypothesis.rouge(), reference.rouge());
      precision = Math.max(precision, common / (double) hypothesis.rouge().length);
      recall = Math.max(recall, common / (double) reference.rouge().length);
    }
    if (precision == 0 || recall == 0) {
      return 0;
    }
    return (1 + BETA_SQUARED) * precision * recall / (recall + BETA_SQUARED * precision);
  }

  /** The length of the longest common subsequence. */
  private static int commonLength(int[] a, int[] b) {
    int[] row = new int[b.length + 1];
    for (int word : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.length; j++) {
        int above = row[j];
        row[j] = word == b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
        diagonal = above;
      }
    }
    return row[b.length];
  }
}
