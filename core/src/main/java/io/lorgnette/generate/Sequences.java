package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Sequences that one model has begun to write, a row each, and what has to be kept for it: what the
 * loops of decoding need of a model, whichever kind it is of. Owns native memory; belongs to one
 * thread. Tensors that it gives belong to the current scope.
 */
interface Sequences extends AutoCloseable {

  /**
   * Runs the prompts, one row each.
   *
   * @param newTokens that each row will have at most
   */
  static Started start(TextModel model, List<Prompt> prompts, int newTokens) {
    if (model instanceof EncoderDecoder encoderDecoder) {
      return EncodedSequences.begin(encoderDecoder, prompts, newTokens);
    }
    return PromptedSequences.begin((LanguageModel) model, prompts, newTokens);
  }

  /**
   * Sequences, and the scores of their first new tokens.
   *
   * @param scores {@code [R, V]}
   */
  record Started(Sequences sequences, Tensor scores) {}

  /** R. */
  int rows();

  /**
   * Adds a token to every row.
   *
   * @param ids {@code [R]}, I64
   * @return scores of the token behind it, {@code [R, V]}
   */
  Tensor step(Tensor ids);

  /**
   * Makes the i-th row a copy of the {@code rows[i]}-th; there may be more or fewer than before.
   */
  void select(int[] rows);

  /**
   * Replaces the new tokens of each row by those of another row of the same prompt.
   *
   * @param parents {@code [R]}: row {@code i} goes on from row {@code parents[i]}
   */
  void reorder(int[] parents);

  @Override
  void close();
}
