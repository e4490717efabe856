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
}
