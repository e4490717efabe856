package io.lorgnette.generate;

import java.util.Arrays;

/** The best continuations of several beams, best first; among equals the first offered. */
final class TopCandidates {

  private final double[] scores;
  private final int[] beams;
  private final int[] ids;
  private int size;

  TopCandidates(int capacity) {
    scores = new double[capacity];
    beams = new int[capacity];
    ids = new int[capacity];
    clear();
  }

  void clear() {
    size = 0;
    Arrays.fill(scores, Double.NEGATIVE_INFINITY);
  }

  /**
   * Offers all continuations of one beam; those of probability 0 are never taken.
   *
   * @param logits one row begins at {@code offset}
   * @param logSum subtracted from each
   * @param sum of the beam so far, added to each
   */
  void offer(int beam, double sum, float[] logits, int offset, int vocabulary, float logSum) {
    double least = scores[scores.length - 1];
    for (int id = 0; id < vocabulary; id++) {
      double score = sum + (logits[offset + id] - logSum);
      if (score > least) {
        insert(score, beam, id);
        least = scores[scores.length - 1];
      }
    }
  }

  private void insert(double score, int beam, int id) {
    int at = Math.min(size, scores.length - 1);
    while (at > 0 && scores[at - 1] < score) {
      scores[at] = scores[at - 1];
      beams[at] = beams[at - 1];
      ids[at] = ids[at - 1];
      at--;
    }
    scores[at] = score;
    beams[at] = beam;
    ids[at] = id;
    size = Math.min(size + 1, scores.length);
  }

  int size() {
    return size;
  }

  double score(int i) {
    return scores[i];
  }

  int beam(int i) {
    return beams[i];
  }

  int id(int i) {
    return ids[i];
  }
}
