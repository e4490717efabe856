package io.lorgnette.generate;

import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;

/** Checks of what a language model is given, before native code uses it. */
final class Checks {

  private Checks() {}

  /**
   * @param what holds the ids, for the message
   * @throws IllegalArgumentException if an id is outside the model's vocabulary
   */
  static void ids(int[] ids, TextModel lm, String what) {
    int vocabulary = lm.vocabulary();
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw new IllegalArgumentException(
            "token id "
                + id
                + " in "
                + what
                + " is outside the language model's vocabulary of "
                + vocabulary
                + "; use the tokenizer that belongs to the model");
      }
    }
  }

  /**
   * @param more tokens behind the prompt
   * @throws IllegalArgumentException if the prompt is empty
   * @throws InputException if the model has too few positions; the last token takes none
   */
  static void length(Prompt prompt, int more, TextModel lm) {
    int length = prompt.length();
    int positions = lm.positions();
    if (length == 0) {
      throw new IllegalArgumentException("a prompt is empty: there is nothing to go on from");
    }
    if (lm instanceof EncoderDecoder) {
      // Both sides have positions of their own; the decoder begins with a token of its own.
      Checks.ids(prompt.said(), lm, "what is said");
      if (length > positions || prompt.said().length + more > positions) {
        throw new InputException(
            "a prompt of "
                + length
                + " tokens or an answer of "
                + (prompt.said().length + more)
                + " exceeds the "
                + positions
                + " positions of the language model's encoder or decoder; shorten the prompt or"
                + " allow fewer new tokens");
      }
      return;
    }
    if (prompt.said().length > 0 || prompt.lengthBeside() > 0) {
      throw new IllegalArgumentException(
          "only an encoder-decoder has a decoder apart from its prompt");
    }
    if (length + more - 1L > positions) {
      throw new InputException(
          "a prompt of "
              + length
              + " tokens and "
              + more
              + " more exceed the language model's "
              + positions
              + " positions; shorten the prompt or allow fewer new tokens");
    }
  }
}
