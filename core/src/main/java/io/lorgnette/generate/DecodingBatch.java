package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of tokens that a language model continues together: prompts are run once, and then every
 * step adds one token to every row.
 *
 * <p>After {@link #start} and after each {@link #step} the scores of the next token stand in {@link
 * #logits()}. Owns the model's {@link Sequences}; belongs to one thread.
 */
final class DecodingBatch implements Scores, AutoCloseable {

  private final Device device;
  private final Sequences sequences;
  private final ReadScores scores;

  private DecodingBatch(int vocabulary, Device device, Sequences sequences) {
    this.device = device;
    this.sequences = sequences;
    this.scores = new ReadScores(vocabulary);
  }

  /**
   * Runs the prompts, one row each.
   *
   * @param newTokens that each row will have at most
   */
  static DecodingBatch start(TextModel model, List<Prompt> prompts, int newTokens) {
    try (Scope scope = Scope.open()) {
      Sequences.Started started = Sequences.start(model, prompts, newTokens);
      return of(started, model.vocabulary(), model.device());
    }
  }

  /** Reads several inputs for each row, which the decoder sees all of. */
  static DecodingBatch fused(EncoderDecoder model, List<List<Prompt>> inputs, int newTokens) {
    try (Scope scope = Scope.open()) {
      Sequences.Started started =
          EncodedSequences.begin(
              model, new int[inputs.size()][0], newTokens, () -> Fusion.memory(model, inputs));
      return of(started, model.vocabulary(), model.device());
    }
  }

  /** Goes on with sequences that have begun; it owns them from then on. */
  static DecodingBatch of(Sequences.Started started, int vocabulary, Device device) {
    DecodingBatch batch = new DecodingBatch(vocabulary, device, started.sequences());
    try {
      batch.scores.read(started.scores());
      return batch;
    } catch (RuntimeException | Error e) {
      batch.close();
      throw e;
    }
  }

  /** Number of rows. */
  int rows() {
    return sequences.rows();
  }

  @Override
  public float[] logits() {
    return scores.logits();
  }

  @Override
  public int offset(int row) {
    return scores.offset(row);
  }

  @Override
  public float logSum(int row) {
    return scores.logSum(row);
  }

  /**
   * Adds one token to every row.
   *
   * @param ids {@code [R]}
   */
  void step(int[] ids) {
    try (Scope scope = Scope.open()) {
      scores.read(sequences.step(Tensors.to(Tensors.ofInts(ids), device)));
    }
  }

  /** Replaces every row by so many copies of it; they have the same scores until the next step. */
  void expand(int copies) {
    if (copies > 1) {
      int[] rows = new int[rows() * copies];
      Arrays.setAll(rows, i -> i / copies);
      sequences.select(rows);
      scores.share(copies);
    }
  }

  /**
   * Goes on with some rows only; the next call must be {@link #step}.
   *
   * @param rows that stay, in the new order
   */
  void keep(int[] rows) {
    sequences.select(rows);
  }

  /**
   * Replaces the new tokens of each row by those of another row of the same prompt.
   *
   * @param parents {@code [R]}: row {@code i} goes on from row {@code parents[i]}
   */
  void reorder(int[] parents) {
    boolean same = true;
    for (int row = 0; row < parents.length; row++) {
      same &= parents[row] == row;
    }
    if (!same) {
      try (Scope scope = Scope.open()) {
        sequences.reorder(parents);
      }
    }
  }

  @Override
  public void close() {
    sequences.close();
  }
}
