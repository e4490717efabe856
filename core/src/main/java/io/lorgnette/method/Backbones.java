package io.lorgnette.method;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.text.Tokenizer;

/**
 * The frozen models that a method uses, shared and owned by the caller.
 *
 * @param encoder where features come from
 * @param language describes {@code lm}
 * @param lm reads the prefix and writes
 * @param tokenizer of {@code lm}
 * @param prompts in its tokens
 */
public record Backbones(
    EncoderSpec encoder,
    LanguageSpec language,
    LanguageModel lm,
    Tokenizer tokenizer,
    Prompts prompts) {

  /**
   * Puts a pair together.
   *
   * @param name of the language model, for people
   */
  public static Backbones of(
      EncoderSpec encoder, String name, LanguageModel lm, Tokenizer tokenizer) {
    return new Backbones(encoder, LanguageSpec.of(name, lm), lm, tokenizer, new Prompts(tokenizer));
  }

  /** Their descriptions. */
  public Pair pair() {
    return new Pair(encoder, language);
  }
}
