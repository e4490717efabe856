package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rows of tokens that a language model continues together: prompts are run once, and then every
 * step adds one token to every row.
 *
 * <p>After {@link #start} and after each {@link #step} the scores of the next token stand in {@link
 * #logits()}. Owns the model's {@link Sequences}; belongs to one thread.
 */
final class DecodingBatch implements Scores, AutoCloseable {

  private final int vocabulary;
  private final Device device;
  private final Sequences sequences;
  private float[] logits = new float[0]; // [R, V], or longer
  private float[] logSums = new float[0]; // [R], or longer
  private int shared = 1; // rows that have the same scores because they were just copied

  private DecodingBatch(int vocabulary, Device device, Sequences sequences) {
    this.vocabulary = vocabulary;
    this.device = device;
    this.sequences = sequences;
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
              model, inputs.size(), newTokens, () -> Fusion.memory(model, inputs));
      return of(started, model.vocabulary(), model.device());
    }
  }

  /** Goes on with sequences that have begun; it owns them from then on. */
  static DecodingBatch of(Sequences.Started started, int vocabulary, Device device) {
    DecodingBatch batch = new DecodingBatch(vocabulary, device, started.sequences());
    try {
      batch.read(started.scores());
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
    return logits;
  }

  @Override
  public int offset(int row) {
    return row / shared * vocabulary;
  }

  @Override
  public float logSum(int row) {
    return logSums[row / shared];
  }

  /**
   * Adds one token to every row.
   *
   * @param ids {@code [R]}
   */
  void step(int[] ids) {
    try (Scope scope = Scope.open()) {
      shared = 1;
      read(sequences.step(Tensors.to(Tensors.ofInts(ids), device)));
    }
  }

  /** Copies the scores to Java. */
  private void read(Tensor given) {
    Tensor scores = Tensors.to(given, Dtype.F32); // [R, V]
    int rows = Math.toIntExact(scores.size(0));
    logits = copy(scores, logits);
    logSums = copy(torch.logsumexp(scores, 1), logSums);
    for (int row = 0; row < rows; row++) {
      if (!Float.isFinite(logSums[row])) {
        throw new IllegalStateException(
            "the language model's scores are not finite; its weights or the prompt's"
                + " embeddings are damaged");
      }
    }
  }

  private static float[] copy(Tensor from, float[] to) {
    Tensor plain = Tensors.to(from, Device.CPU).contiguous();
    int count = Math.toIntExact(plain.numel());
    float[] target = to.length >= count ? to : new float[count];
    Tensors.bytes(plain).asFloatBuffer().get(target, 0, count);
    return target;
  }

  /** Replaces every row by so many copies of it; they have the same scores until the next step. */
  void expand(int copies) {
    if (copies > 1) {
      int[] rows = new int[rows() * copies];
      Arrays.setAll(rows, i -> i / copies);
      sequences.select(rows);
      shared = copies;
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
