package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.JointTexts;
import io.lorgnette.vision.VisionEncoder;

/**
 * The frozen models that a method uses, shared and owned by the caller.
 *
 * @param encoder where features come from
 * @param eyes the encoder itself, for methods that train it on pixels; else null
 * @param language describes {@code lm}
 * @param lm reads what is seen and writes
 * @param tokenizer of {@code lm}
 * @param teacher texts in the encoder's joint space, for training of methods that learn from it;
 *     else null
 */
public record Backbones(
    EncoderSpec encoder,
    VisionEncoder eyes,
    LanguageSpec language,
    TextModel lm,
    Tokenizer tokenizer,
    JointTexts teacher) {

  /**
   * Puts a pair together.
   *
   * @param name of the language model, for people
   */
  public static Backbones of(EncoderSpec encoder, String name, TextModel lm, Tokenizer tokenizer) {
    return new Backbones(encoder, null, LanguageSpec.of(name, lm), lm, tokenizer, null);
  }

  /** The same with the encoder itself, to be trained. */
  public Backbones withEyes(VisionEncoder trainable) {
    return new Backbones(encoder, trainable, language, lm, tokenizer, teacher);
  }

  /** The same with texts in the encoder's joint space, to be learned from. */
  public Backbones withTeacher(JointTexts texts) {
    return new Backbones(encoder, eyes, language, lm, tokenizer, texts);
  }

  /**
   * The language model of a method that masks what its encoder reads.
   *
   * @throws InputException if it is a decoder alone
   */
  public EncoderDecoder encoderDecoder() {
    if (lm instanceof EncoderDecoder model) {
      return model;
    }
    throw new InputException(
        language.name()
            + " is a decoder alone, but this method lets an encoder read and a decoder write; choose"
            + " BART");
  }

  /**
   * The language model of a method that puts something between the layers of a decoder.
   *
   * @throws InputException if it is an encoder-decoder
   */
  public LanguageModel decoder() {
    if (lm instanceof LanguageModel decoder) {
      return decoder;
    }
    throw new InputException(
        language.name()
            + " is an encoder-decoder, but this method puts something between the layers of a"
            + " decoder; choose GPT-2, OPT, LLaMA or another decoder");
  }

  /** Their descriptions. */
  public Pair pair() {
    return new Pair(encoder, language);
  }
}
