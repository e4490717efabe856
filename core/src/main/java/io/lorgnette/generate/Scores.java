package io.lorgnette.generate;

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
}
