package io.lorgnette.generate;

import io.lorgnette.language.LanguageModel;

/** Checks of token ids before native code uses them as indices. */
final class Ids {

  private Ids() {}

  /**
   * @param what holds them, for the message
   * @throws IllegalArgumentException if an id is outside the model's vocabulary
   */
  static void check(int[] ids, LanguageModel lm, String what) {
    int vocabulary = lm.config().vocabulary();
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
}
