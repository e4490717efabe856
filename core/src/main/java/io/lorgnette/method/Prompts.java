package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.text.Tokenizer;

/**
 * The words around images and answers, as token ids without special tokens. Immutable; safe for use
 * by several threads.
 *
 * <p>The zero-shot question is MAPL's. The layout of shots is a default where the paper is silent:
 * the instruction once, then each image with its question and answer, then the image in question.
 */
public final class Prompts {

  private static final String INSTRUCTION = "Please answer the question.";
  private static final String QUESTION = " Question: ";
  private static final String ANSWER = " Answer:";
  private static final String STOP = ".";

  private final Tokenizer tokenizer;
  private final int stop;

  /**
   * Prompts in a language model's tokens.
   *
   * @throws InputException if the tokenizer does not write a full stop behind a word as one token
   */
  public Prompts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    // Behind a word: LLaMA's tokenizers put a blank before a text, even before a lone full stop.
    int[] ids = tokenizer.encode("a cat" + STOP);
    int last = ids[ids.length - 1];
    if (!tokenizer.token(last).equals(STOP)) {
      throw new InputException(
          tokenizer
              + " ends \"a cat.\" in the token \""
              + tokenizer.token(last)
              + "\", but captions end at the one token \".\"; use a tokenizer with a full stop");
    }
    this.stop = last;
  }

  /** The token ".", at which captions and answers end. */
  public int stop() {
    return stop;
  }

  /** Whether a target ends in the stop token; one that does not teaches the model to ramble. */
  public boolean ends(int[] target) {
    return target.length > 0 && target[target.length - 1] == stop;
  }

  /** A caption to be learned, as it is. */
  public int[] caption(String caption) {
    return tokenizer.encode(caption);
  }

  /** What follows the image in question when there are no shots. */
  public int[] question(String question) {
    return tokenizer.encode(INSTRUCTION + QUESTION + question + ANSWER);
  }

  /** An answer to be learned behind {@link #question}; it gets a full stop unless it has one. */
  public int[] answer(String answer) {
    return tokenizer.encode(ended(answer));
  }

  private static String ended(String answer) {
    String words = answer.strip();
    return " " + (words.endsWith(STOP) ? words : words + STOP);
  }

  /** What stands before the first shot. */
  int[] instruction() {
    return tokenizer.encode(INSTRUCTION);
  }

  /** What follows the image of a shot. */
  int[] shot(String question, String answer) {
    return tokenizer.encode(QUESTION + question + ANSWER + ended(answer));
  }

  /** What follows the image in question behind shots. */
  int[] questionAfterShots(String question) {
    return tokenizer.encode(QUESTION + question + ANSWER);
  }
}
