package io.lorgnette.generate;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.nn.KvCache;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rows of tokens that a language model continues together: the only place of this package where it
 * runs. Prompts are padded on the left to one length, run once, and then every step adds one token
 * to every row.
 *
 * <p>After {@link #start} and after each {@link #step} the scores of the next token stand in {@link
 * #logits()}. Owns the cache; belongs to one thread.
 */
final class DecodingBatch implements Scores, AutoCloseable {

  private final LanguageModel lm;
  private final int vocabulary;
  private final int promptLength; // of the longest
  private int[] padding; // [R] positions on the left that are no tokens
  private boolean padded;
  private Tensor real; // [R, capacity], BOOL, or null when nothing is padded
  private KvCache cache;
  private float[] logits = new float[0]; // [R, V], or longer
  private float[] logSums = new float[0]; // [R], or longer
  private int shared = 1; // rows that have the same scores because they were just copied

  private DecodingBatch(LanguageModel lm, int[] padding, int promptLength, KvCache cache) {
    this.lm = lm;
    this.vocabulary = lm.config().vocabulary();
    this.promptLength = promptLength;
    this.padding = padding;
    this.cache = cache;
  }

  /**
   * Runs the prompts, one row each.
   *
   * @param newTokens that each row will have at most
   */
  static DecodingBatch start(LanguageModel lm, List<Prompt> prompts, int newTokens) {
    int[] lengths = prompts.stream().mapToInt(Prompt::length).toArray();
    int longest = Arrays.stream(lengths).max().orElseThrow();
    int[] padding = Arrays.stream(lengths).map(length -> longest - length).toArray();
    // The last token is chosen but never run.
    KvCache cache = lm.newCache(lengths.length, longest + newTokens - 1L);
    DecodingBatch batch = new DecodingBatch(lm, padding, longest, cache);
    try (Scope scope = Scope.open()) {
      batch.describePadding();
      batch.prefill(prompts);
      return batch;
    } catch (RuntimeException | Error e) {
      batch.close();
      throw e;
    }
  }

  private void prefill(List<Prompt> prompts) {
    Tensor[] rows = new Tensor[prompts.size()];
    for (int i = 0; i < rows.length; i++) {
      List<Tensor> parts = prompts.get(i).embed(lm);
      if (padding[i] > 0) {
        parts.add(0, Tensors.zeros(lm.dtype(), lm.device(), padding[i], lm.config().width()));
      }
      rows[i] = Tensors.cat(0, parts.toArray(Tensor[]::new)); // [T, D]
    }
    Tensor embeddings = Tensors.stack(0, rows); // [B, T, D]
    Tensor hidden = lm.hidden(embeddings, mask(promptLength), firstPositions(), cache);
    read(hidden.select(1, promptLength - 1L));
  }

  /** {@code [B, T]}: 0 for padding and for the first token, then counting; null when not padded. */
  private Tensor firstPositions() {
    if (!padded) {
      return null;
    }
    long[] positions = new long[padding.length * promptLength];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = Math.max(0, i % promptLength - padding[i / promptLength]);
    }
    return Tensors.to(Tensors.ofLongs(positions, padding.length, promptLength), lm.device());
  }

  private Tensor mask(long length) {
    return padded ? real.narrow(1, 0, length) : null;
  }

  /** Number of rows. */
  int rows() {
    return padding.length;
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
      Tensor input = Tensors.to(Tensors.ofInts(ids), lm.device()).view(ids.length, 1);
      Tensor positions = null;
      if (padded) {
        long[] next = Arrays.stream(padding).mapToLong(pad -> cache.length() - pad).toArray();
        positions = Tensors.to(Tensors.ofLongs(next, next.length, 1), lm.device());
      }
      shared = 1;
      Tensor hidden = lm.hidden(lm.embed(input), mask(cache.length() + 1), positions, cache);
      read(hidden.select(1, 0));
    }
  }

  /** Copies the scores to Java: {@code [R, D]} hidden states of the last tokens. */
  private void read(Tensor hidden) {
    Tensor scores = Tensors.to(lm.logits(hidden), Dtype.F32); // [R, V]
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
      select(rows);
      shared = copies;
    }
  }

  /**
   * Goes on with some rows only; the next call must be {@link #step}.
   *
   * @param rows that stay, in the new order
   */
  void keep(int[] rows) {
    select(rows);
  }

  private void select(int[] rows) {
    try (Scope scope = Scope.open()) {
      Tensor index = Tensors.to(Tensors.ofInts(rows), lm.device());
      KvCache old = cache;
      cache = old.select(index, old.capacity());
      old.close();
      padding = Arrays.stream(rows).map(row -> padding[row]).toArray();
      describePadding();
    }
  }

  private void describePadding() {
    padded = Arrays.stream(padding).anyMatch(pad -> pad > 0);
    Tensor old = real;
    real = null;
    if (old != null) {
      old.close();
    }
    if (padded) {
      int capacity = Math.toIntExact(cache.capacity());
      byte[] tokens = new byte[Math.multiplyExact(padding.length, capacity)];
      for (int row = 0; row < padding.length; row++) {
        Arrays.fill(tokens, row * capacity + padding[row], (row + 1) * capacity, (byte) 1);
      }
      Tensor mask = Tensors.ofBytes(tokens, Dtype.BOOL, padding.length, capacity);
      real = Scope.release(Tensors.to(mask, lm.device()));
    }
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
        cache.reorder(Tensors.to(Tensors.ofInts(parents), lm.device()), promptLength);
      }
    }
  }

  @Override
  public void close() {
    cache.close();
    if (real != null) {
      real.close();
    }
  }
}
