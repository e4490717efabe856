package io.lorgnette.generate;

/** Hears of tokens as they are chosen, to show an answer while it grows. */
@FunctionalInterface
public interface TokenListener {

  /**
   * A token was chosen. Called on the thread that generates; an exception thrown here ends the
   * generation and frees its memory. A beam search knows no token before its end: then those of the
   * best answer are told one after the other.
   *
   * @param row index of the prompt, times the number of answers to each, plus that of the answer
   * @param id the token
   */
  void token(int row, int id);

  /**
   * The same with the token's probability, where it is known: by greedy decoding and sampling, not
   * by a beam search.
   */
  default void token(int row, OpenBatch.Token token) {
    token(row, token.id());
  }

  /** How many of the most probable tokens are told with each one of a row. */
  default int likely(int row) {
    return 0;
  }
}
