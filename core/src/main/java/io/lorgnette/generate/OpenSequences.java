package io.lorgnette.generate;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.KvCache.Piece;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Sequences of a decoder-only model that others join and leave. All of them end at the same place
 * of the cache; shorter ones have padding on the left. Owns native memory; belongs to one thread.
 */
final class OpenSequences implements AutoCloseable {

  /** Tokens for which there is room behind the last one when the cache is made anew. */
  private static final int ROOM = 64;

  private final LanguageModel lm;
  private KvCache cache; // or null without rows
  private int[] padding = {}; // [R]
  private Tensor real; // [R, capacity], BOOL, or null when nothing is padded

  OpenSequences(LanguageModel lm) {
    this.lm = lm;
  }

  /**
   * Rows that come.
   *
   * @param piece tokens without padding
   */
  record Newcomers(Piece piece) {
    int length() {
      return Math.toIntExact(piece.to() - piece.from());
    }
  }

  /** R. */
  int rows() {
    return padding.length;
  }

  /** Bytes of native memory. */
  long bytes() {
    return cache == null ? 0 : cache.bytes();
  }

  /** Whether the next step needs a larger cache, as {@link #renew} makes it. */
  boolean full() {
    return cache != null && cache.length() == cache.capacity();
  }

  /**
   * Goes on with some rows, and with others below them.
   *
   * @param keep rows that stay, in the new order
   */
  void renew(int[] keep, List<Newcomers> newcomers) {
    List<Piece> pieces = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>(); // of each row, without padding
    if (keep.length > 0) {
      int least = Arrays.stream(keep).map(row -> padding[row]).min().orElseThrow();
      long[] rows = Arrays.stream(keep).asLongStream().toArray();
      pieces.add(new Piece(cache, rows, least, cache.length()));
      for (int row : keep) {
        lengths.add(Math.toIntExact(cache.length()) - padding[row]);
      }
    }
    for (Newcomers some : newcomers) {
      pieces.add(some.piece());
      for (int i = 0; i < some.piece().rows().length; i++) {
        lengths.add(some.length());
      }
    }
    KvCache old = cache;
    int longest = lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
    cache = pieces.isEmpty() ? null : KvCache.joined(pieces, (long) longest + ROOM);
    padding = lengths.stream().mapToInt(length -> longest - length).toArray();
    if (old != null) {
      old.close();
    }
    describePadding();
  }

  private void describePadding() {
    if (real != null) {
      real.close();
      real = null;
    }
    if (Arrays.stream(padding).allMatch(pad -> pad == 0)) {
      return;
    }
    int capacity = Math.toIntExact(cache.capacity());
    byte[] tokens = new byte[Math.multiplyExact(padding.length, capacity)];
    for (int row = 0; row < padding.length; row++) {
      Arrays.fill(tokens, row * capacity + padding[row], (row + 1) * capacity, (byte) 1);
    }
    try (Scope scope = Scope.open()) {
      Tensor mask = Tensors.ofBytes(tokens, Dtype.BOOL, padding.length, capacity);
      real = Scope.release(Tensors.to(mask, lm.device()));
    }
  }

  /**
   * Adds a token to every row.
   *
   * @param ids {@code [R]}
   * @return scores of the token behind it, {@code [R, V]}, of the current scope
   */
  Tensor step(int[] ids) {
    Tensor positions = null;
    Tensor mask = null;
    if (real != null) {
      long[] next = Arrays.stream(padding).mapToLong(pad -> cache.length() - pad).toArray();
      positions = Tensors.to(Tensors.ofLongs(next, next.length, 1), lm.device());
      mask = real.narrow(1, 0, cache.length() + 1);
    }
    Tensor input = lm.embed(Tensors.to(Tensors.ofInts(ids), lm.device()).view(ids.length, 1));
    return lm.logits(lm.hidden(input, mask, positions, cache).select(1, 0));
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
    if (real != null) {
      real.close();
    }
  }
}
