package io.lorgnette.method;

import io.lorgnette.language.TextModel;
import io.lorgnette.text.Tokenizer;

/**
 * The frozen models that a method uses, shared and owned by the caller.
 *
 * @param encoder where features come from
 * @param language describes {@code lm}
 * @param lm reads what is seen and writes
 * @param tokenizer of {@code lm}
 */
public record Backbones(
    EncoderSpec encoder, LanguageSpec language, TextModel lm, Tokenizer tokenizer) {

  /**
   * Puts a pair together.
   *
   * @param name of the language model, for people
   */
  public static Backbones of(EncoderSpec encoder, String name, TextModel lm, Tokenizer tokenizer) {
    return new Backbones(encoder, LanguageSpec.of(name, lm), lm, tokenizer);
  }

  /** Their descriptions. */
  public Pair pair() {
    return new Pair(encoder, language);
  }
}
