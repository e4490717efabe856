package io.lorgnette.method;

import io.lorgnette.language.TextModel;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.VisionEncoder;

/**
 * The frozen models that a method uses, shared and owned by the caller.
 *
 * @param encoder where features come from
 * @param eyes the encoder itself, for methods that train it on pixels; else null
 * @param language describes {@code lm}
 * @param lm reads what is seen and writes
 * @param tokenizer of {@code lm}
 */
public record Backbones(
    EncoderSpec encoder,
    VisionEncoder eyes,
    LanguageSpec language,
    TextModel lm,
    Tokenizer tokenizer) {

  /**
   * Puts a pair together.
   *
   * @param name of the language model, for people
   */
  public static Backbones of(EncoderSpec encoder, String name, TextModel lm, Tokenizer tokenizer) {
    return new Backbones(encoder, null, LanguageSpec.of(name, lm), lm, tokenizer);
  }

  /** The same with the encoder itself, to be trained. */
  public Backbones withEyes(VisionEncoder trainable) {
    return new Backbones(encoder, trainable, language, lm, tokenizer);
  }

  /** Their descriptions. */
  public Pair pair() {
    return new Pair(encoder, language);
  }
}
