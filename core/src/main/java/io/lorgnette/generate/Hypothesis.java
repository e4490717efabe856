package io.lorgnette.generate;

import io.lorgnette.generate.Generation.Finish;
import java.util.Arrays;
import java.util.Optional;

/** A sequence that grows. Memory is taken once. */
final class Hypothesis {

  private final int[] history; // ids of the prompt that count as said, then the new ones
  private final int known; // how many of the history are the prompt's
  private final float[] logProbabilities; // of the new ones, by the model
  private int length; // of the history
  private double sum; // of the log-probabilities by which it is ranked

  Hypothesis(int[] promptHistory, int maxNewTokens) {
    history = Arrays.copyOf(promptHistory, promptHistory.length + maxNewTokens);
    known = promptHistory.length;
    length = known;
    logProbabilities = new float[maxNewTokens];
  }

  /**
   * Adds a token.
   *
   * @param logProbability by the model
   * @param ranked the log-probability after penalties
   */
  void append(int id, float logProbability, double ranked) {
    logProbabilities[generated()] = logProbability;
    history[length++] = id;
    sum += ranked;
  }

  /** Becomes another hypothesis of the same prompt. */
  void copy(Hypothesis other) {
    System.arraycopy(other.history, known, history, known, other.generated());
    System.arraycopy(other.logProbabilities, 0, logProbabilities, 0, other.generated());
    length = other.length;
    sum = other.sum;
  }

  int[] history() {
    return history;
  }

  /** Valid values of the history. */
  int length() {
    return length;
  }

  int generated() {
    return length - known;
  }

  int last() {
    return history[length - 1];
  }

  double sum() {
    return sum;
  }

  /** The new tokens. */
  int[] ids() {
    return Arrays.copyOfRange(history, known, length);
  }

  /** The new tokens followed by one more. */
  int[] idsWith(int id) {
    int[] ids = Arrays.copyOfRange(history, known, length + 1);
    ids[ids.length - 1] = id;
    return ids;
  }

  /** The sum divided by the number of new tokens to the power of the penalty. */
  double score(double lengthPenalty) {
    return sum / Math.pow(generated(), lengthPenalty);
  }

  Generation finished(Finish finish, double lengthPenalty, Texts texts) {
    int[] ids = ids();
    Optional<String> text = texts.text(ids);
    float[] values = Arrays.copyOf(logProbabilities, generated());
    return new Generation(ids, values, score(lengthPenalty), finish, text);
  }
}
