package io.lorgnette.train;

import io.lorgnette.error.InputException;
import io.lorgnette.text.AddedWord;
import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The tokens that a model in pre-training needs, and its tokenizer.
 *
 * @param file a {@code tokenizer.json}
 * @param size rows of the embedding
 * @param eos ends a text
 * @param pad fills the ends of rows; the end of text where the tokenizer has none
 * @param mask stands for a span of text; -1 where there is none
 * @param added the mask's text where the tokenizer lacks it; else null
 */
record PretrainTokens(Path file, int size, int eos, int pad, int mask, String added) {

  private static final String EOS = "<|endoftext|>";
  private static final String PAD = "<|pad|>";

  /**
   * Finds the tokens.
   *
   * @throws InputException if no token ends documents
   */
  static PretrainTokens of(Path file, PretrainModel model) {
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      int size = tokenizer.vocabularySize();
      int eos = endOfDocument(tokenizer, file);
      int pad = tokenizer.idOf(PAD).orElse(eos);
      if (!(model instanceof PretrainModel.Bart bart)) {
        return new PretrainTokens(file, size, eos, pad, -1, null);
      }
      int mask = tokenizer.idOf(bart.mask()).orElse(size);
      boolean isNew = mask == size;
      return new PretrainTokens(
          file, isNew ? size + 1 : size, eos, pad, mask, isNew ? bart.mask() : null);
    }
  }

  static int endOfDocument(Tokenizer tokenizer, Path file) {
    return tokenizer
        .idOf(EOS)
        .orElseThrow(
            () ->
                new InputException(
                    file + " has no token " + EOS + ", which ends documents; give one that has"));
  }

  /** {@code tokenizer.json} with all of them. */
  byte[] json() {
    try {
      return added == null ? Files.readAllBytes(file) : AddedWord.in(file, added, mask);
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + file, e);
    }
  }
}
