package io.lorgnette.generate;

import java.util.Arrays;
import java.util.List;

/** Scores of the next token for several rows. */
interface Scores {

  /** The scores; a row's V values begin at {@link #offset}. */
  float[] logits();

  /** Where a row's scores begin. */
  int offset(int row);

  /** Log of the sum of exponentials of a row: a score minus this is a log-probability. */
  float logSum(int row);

  /** The log-probability of a token in a row, in nats. */
  default float logProbability(int row, int id) {
    return logits()[offset(row) + id] - logSum(row);
  }

  /**
   * A token of a row with its probability.
   *
   * @param likely how many of the most probable ones are told beside it
   * @param vocabulary V
   */
  default OpenBatch.Token token(int row, int id, int likely, int vocabulary) {
    return new OpenBatch.Token(id, logProbability(row, id), likely(row, likely, vocabulary));
  }

  private List<OpenBatch.Candidate> likely(int row, int count, int vocabulary) {
    if (count == 0) {
      return List.of();
    }
    int offset = offset(row);
    float[] logits = logits();
    int[] best = new int[Math.min(count, vocabulary)];
    int found = 0;
    for (int id = 0; id < vocabulary; id++) {
      float score = logits[offset + id];
      int at = found;
      while (at > 0 && score > logits[offset + best[at - 1]]) {
        at--;
      }
      if (at < best.length) {
        found = Math.min(found + 1, best.length);
        System.arraycopy(best, at, best, at + 1, found - at - 1);
        best[at] = id;
      }
    }
    return Arrays.stream(best)
        .mapToObj(id -> new OpenBatch.Candidate(id, logProbability(row, id)))
        .toList();
  }
}
