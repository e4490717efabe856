package io.lorgnette.generate;

import java.util.Optional;

/**
 * One answer to a prompt.
 *
 * @param ids the new tokens, an end token included
 * @param logProbabilities of each, in nats, as the model gave them: before penalties, temperature
 *     and truncation
 * @param score by which answers are ranked: the sum of log-probabilities (with beams: after
 *     penalties) divided by length to the power of the length penalty
 * @param finish why it ended
 * @param text decoded without special tokens and cut before a stop string; empty if the generator
 *     has no tokenizer
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier of numbers; nobody compares two of them.
public record Generation(
    int[] ids, float[] logProbabilities, double score, Finish finish, Optional<String> text) {

  /**
   * Why a sequence ended.
   *
   * @since 0.1
   */
  public enum Finish {
    /** An end token came. */
    EOS,
    /** As many tokens as allowed were generated. */
    LENGTH,
    /** A stop string came. */
    STOP
  }

  /** The log-probability of the whole sequence, in nats. */
  public double logProbability() {
    double sum = 0;
    for (float value : logProbabilities) {
      sum += value;
    }
    return sum;
  }

  /** The mean log-probability of a token, in nats. */
  public double logProbabilityPerToken() {
    return logProbability() / ids.length;
  }
}
