package io.lorgnette.metrics;

import io.lorgnette.metrics.NGrams.Caption;
import io.lorgnette.metrics.NGrams.Counts;
import java.util.List;

/**
 * BLEU-1 to BLEU-4 (Papineni et al. 2002) with the constants and the closest reference length of
 * coco-caption. An image's statistics are integers; any set of images is scored from their sums.
 */
final class Bleu {

  private static final double SMALL = 1e-9;
  private static final double TINY = 1e-15;

  /** Matches and guesses of each order, then the lengths of hypothesis and closest reference. */
  private static final int FIELDS = 2 * NGrams.ORDERS + 2;

  private Bleu() {}

  /** One image's statistics. */
  static int[] statistics(Caption hypothesis, List<Caption> references) {
    int[] statistics = new int[FIELDS];
    for (int order = 0; order < NGrams.ORDERS; order++) {
      Counts guesses = hypothesis.orders()[order];
      for (int i = 0; i < guesses.ids().length; i++) {
        int most = 0;
        for (Caption reference : references) {
          most = Math.max(most, reference.orders()[order].of(guesses.ids()[i]));
        }
        statistics[order] += Math.min(most, guesses.counts()[i]);
      }
      statistics[NGrams.ORDERS + order] = Math.max(0, hypothesis.length() - order);
    }
    statistics[FIELDS - 2] = hypothesis.length();
    statistics[FIELDS - 1] = closestLength(hypothesis.length(), references);
    return statistics;
  }

  /** BLEU-1 to BLEU-{@code orders} of the images at {@code drawn}; element n-1 is BLEU-n. */
  static double[] score(int[][] statistics, int[] drawn) {
    return score(sums(statistics, drawn));
  }

  /** The statistics of several images together. */
  static long[] sums(int[][] statistics, int[] drawn) {
    long[] sums = new long[FIELDS];
    for (int image : drawn) {
      for (int i = 0; i < FIELDS; i++) {
        sums[i] += statistics[image][i];
      }
    }
    return sums;
  }

  /** BLEU-1 to BLEU-4 by the sums of statistics. */
  static double[] score(long[] sums) {
    double[] scores = new double[NGrams.ORDERS];
    double ratio = (sums[FIELDS - 2] + TINY) / (sums[FIELDS - 1] + SMALL);
    double brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
    double product = 1;
    for (int order = 0; order < NGrams.ORDERS; order++) {
      product *= (sums[order] + TINY) / (sums[NGrams.ORDERS + order] + SMALL);
      scores[order] = Math.pow(product, 1.0 / (order + 1)) * brevity;
    }
    return scores;
  }

  /** Of equally close references the shorter one counts. */
  private static int closestLength(int length, List<Caption> references) {
    int closest = references.get(0).length();
    for (Caption reference : references) {
      int candidate = reference.length();
      int nearer = Math.abs(candidate - length) - Math.abs(closest - length);
      if (nearer < 0 || (nearer == 0 && candidate < closest)) {
        closest = candidate;
      }
    }
    return closest;
  }
}
