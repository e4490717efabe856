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
 * Sequences that go on from their prompts in a decoder-only model. Prompts are padded on the left
 * to one length.
 */
final class PromptedSequences implements Sequences {

  private final LanguageModel lm;
  private final int promptLength; // of the longest
  private int[] padding; // [R] positions on the left that are no tokens
  private boolean padded;
  private Tensor real; // [R, capacity], BOOL, or null when nothing is padded
  private KvCache cache;

  private PromptedSequences(LanguageModel lm, int[] padding, int promptLength, KvCache cache) {
    this.lm = lm;
    this.promptLength = promptLength;
    this.padding = padding;
    this.cache = cache;
  }

  static Started begin(LanguageModel lm, List<Prompt> prompts, int newTokens) {
    int[] lengths = prompts.stream().mapToInt(Prompt::length).toArray();
    int longest = Arrays.stream(lengths).max().orElseThrow();
    int[] padding = Arrays.stream(lengths).map(length -> longest - length).toArray();
    // The last token is chosen but never run.
    KvCache cache = lm.newCache(lengths.length, longest + newTokens - 1L);
    PromptedSequences sequences = new PromptedSequences(lm, padding, longest, cache);
    try (Scope scope = Scope.open()) {
      sequences.describePadding();
      return new Started(sequences, scope.keep(sequences.prefill(prompts)));
    } catch (RuntimeException | Error e) {
      sequences.close();
      throw e;
    }
  }

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
    return lm.logits(hidden.select(1, promptLength - 1L));
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

  /** Keys and values of all tokens so far; they stay this object's. */
  KvCache cache() {
    return cache;
  }

  /** Positions of a row on the left that are no tokens. */
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
        Arrays.fill(tokens, row * capacity + padding[row], (row + 1) * capacity, (byte) 1);
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
