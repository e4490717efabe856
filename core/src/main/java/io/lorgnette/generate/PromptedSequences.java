package io.lorgnette.generate;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.nn.KvCache;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Sequences that go on from their prompts in a decoder-only model. What all prompts begin with,
 * such as examples before a question, is run once; what follows in each is padded on its left to
 * one length.
 */
final class PromptedSequences implements Sequences {

  private final LanguageModel lm;
  private final int promptLength; // of the longest
  private final int shared; // tokens that all begin with
  private int[] padding; // [R] positions behind those that are no tokens
  private boolean padded;
  private Tensor real; // [R, capacity], BOOL, or null when nothing is padded
  private KvCache cache;

  private PromptedSequences(
      LanguageModel lm, int[] padding, int promptLength, int shared, KvCache cache) {
    this.lm = lm;
    this.promptLength = promptLength;
    this.shared = shared;
    this.padding = padding;
    this.cache = cache;
  }

  static Started begin(LanguageModel lm, List<Prompt> prompts, int newTokens) {
    return begin(lm, prompts, newTokens, prompts.size() > 1 ? Prompt.partsInCommon(prompts) : 0);
  }

  /** The same with every prompt run as a whole, so that a row's tokens stand in one piece. */
  static Started beginApart(LanguageModel lm, List<Prompt> prompts, int newTokens) {
    return begin(lm, prompts, newTokens, 0);
  }

  private static Started begin(LanguageModel lm, List<Prompt> prompts, int newTokens, int parts) {
    int[] lengths = prompts.stream().mapToInt(Prompt::length).toArray();
    int longest = Arrays.stream(lengths).max().orElseThrow();
    int[] padding = Arrays.stream(lengths).map(length -> longest - length).toArray();
    Prompt beginning = prompts.get(0).first(parts);
    // The last token is chosen but never run.
    long capacity = longest + newTokens - 1L;
    KvCache cache =
        parts == 0
            ? lm.newCache(lengths.length, capacity)
            : begun(lm, beginning, lengths.length, capacity);
    PromptedSequences sequences =
        new PromptedSequences(lm, padding, longest, beginning.length(), cache);
    try (Scope scope = Scope.open()) {
      sequences.describePadding();
      List<Prompt> rest = prompts.stream().map(prompt -> prompt.behind(parts)).toList();
      return new Started(sequences, scope.keep(sequences.prefill(rest)));
    } catch (RuntimeException | Error e) {
      sequences.close();
      throw e;
    }
  }

  /** A cache of so many rows that all hold the same beginning. */
  private static KvCache begun(LanguageModel lm, Prompt beginning, int rows, long capacity) {
    try (Scope scope = Scope.open();
        KvCache one = lm.newCache(1, beginning.length())) {
      Tensor words = Tensors.cat(0, beginning.embed(lm).toArray(Tensor[]::new)); // [T, D]
      lm.hidden(words.unsqueeze(0), null, null, one);
      return one.select(Tensors.to(Tensors.ofInts(new int[rows]), lm.device()), capacity);
    }
  }

  /**
   * Runs what follows the shared beginning.
   *
   * @param prompts without it
   */
  private Tensor prefill(List<Prompt> prompts) {
    Tensor[] rows = new Tensor[prompts.size()];
    for (int i = 0; i < rows.length; i++) {
      List<Tensor> parts = prompts.get(i).embed(lm);
      if (padding[i] > 0) {
        parts.add(0, Tensors.zeros(lm.dtype(), lm.device(), padding[i], lm.width()));
      }
      rows[i] = Tensors.cat(0, parts.toArray(Tensor[]::new)); // [T, D]
    }
    Tensor embeddings = Tensors.stack(0, rows); // [B, T, D]
    Tensor hidden = lm.hidden(embeddings, mask(promptLength), firstPositions(), cache);
    return lm.logits(hidden.select(1, hidden.size(1) - 1));
  }

  /**
   * {@code [B, T]} behind the shared beginning: the first token's for padding and for that, then
   * counting; null when not padded.
   */
  private Tensor firstPositions() {
    if (!padded) {
      return null;
    }
    int columns = promptLength - shared;
    long[] positions = new long[padding.length * columns];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = (long) shared + Math.max(0, i % columns - padding[i / columns]);
    }
    return Tensors.to(Tensors.ofLongs(positions, padding.length, columns), lm.device());
  }

  private Tensor mask(long length) {
    return padded ? real.narrow(1, 0, length) : null;
  }

  /** Keys and values of all tokens so far; they stay this object's. */
  KvCache cache() {
    return cache;
  }

  /** Positions of a row that are no tokens, behind those that all rows share. */
  int padding(int row) {
    return padding[row];
  }

  @Override
  public int rows() {
    return padding.length;
  }

  @Override
  public Tensor step(Tensor ids) {
    Tensor positions = null;
    if (padded) {
      long[] next = Arrays.stream(padding).mapToLong(pad -> cache.length() - pad).toArray();
      positions = Tensors.to(Tensors.ofLongs(next, next.length, 1), lm.device());
    }
    Tensor input = lm.embed(ids.view(rows(), 1));
    Tensor hidden = lm.hidden(input, mask(cache.length() + 1), positions, cache);
    return lm.logits(hidden.select(1, 0));
  }

  @Override
  public void select(int[] rows) {
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
        Arrays.fill(tokens, row * capacity, (row + 1) * capacity, (byte) 1);
        int from = row * capacity + shared;
        Arrays.fill(tokens, from, from + padding[row], (byte) 0);
      }
      Tensor mask = Tensors.ofBytes(tokens, Dtype.BOOL, padding.length, capacity);
      real = Scope.release(Tensors.to(mask, lm.device()));
    }
  }

  @Override
  public void reorder(int[] parents) {
    cache.reorder(Tensors.to(Tensors.ofInts(parents), lm.device()), promptLength);
  }

  @Override
  public void close() {
    cache.close();
    if (real != null) {
      real.close();
    }
  }
}
