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
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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
  private int most; // rows since the cache was made
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

    private IntStream lengths() {
      int length = Math.toIntExact(piece.to() - piece.from());
      return Arrays.stream(piece.rows()).mapToInt(row -> length);
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
   * Goes on with fewer rows.
   *
   * @param order rows that stay, as {@link KvCache#keep} moves them
   */
  void keep(int[] order) {
    if (order.length == rows()) {
      return;
    }
    padding = Arrays.stream(order).map(row -> padding[row]).toArray();
    if (order.length == 0) {
      cache.close();
      cache = null;
    } else {
      cache.keep(order);
      forgetPadding();
    }
    describePadding();
  }

  /** Columns that are padding in all rows. */
  private void forgetPadding() {
    int least = Arrays.stream(padding).min().orElseThrow();
    cache.forget(least);
    padding = Arrays.stream(padding).map(pad -> pad - least).toArray();
  }

  /** Goes on with others below the present rows. */
  void add(List<Newcomers> newcomers) {
    List<Piece> pieces = newcomers.stream().map(Newcomers::piece).toList();
    if (cache == null || cache.length() == cache.capacity() || !cache.takes(pieces)) {
      renew(newcomers);
      return;
    }
    cache.add(pieces);
    most = Math.max(most, Math.toIntExact(cache.batch()));
    int end = Math.toIntExact(cache.length());
    padding =
        IntStream.concat(
                Arrays.stream(padding),
                newcomers.stream().flatMapToInt(Newcomers::lengths).map(length -> end - length))
            .toArray();
    forgetPadding();
    describePadding();
  }

  /** Makes the cache anew, with more room behind the last token, and others below the rows. */
  void renew(List<Newcomers> newcomers) {
    List<Piece> pieces = new ArrayList<>();
    IntStream lengths = newcomers.stream().flatMapToInt(Newcomers::lengths);
    KvCache old = cache;
    if (old != null) {
      int end = Math.toIntExact(old.length());
      pieces.add(new Piece(old, LongStream.range(0, rows()).toArray(), 0, end));
      lengths = IntStream.concat(Arrays.stream(padding).map(pad -> end - pad), lengths);
    }
    newcomers.forEach(some -> pieces.add(some.piece()));
    int[] all = lengths.toArray(); // of each row, without padding
    int longest = Arrays.stream(all).max().orElseThrow();
    // As many rows as there have been since the last time will be there again.
    cache = KvCache.joined(pieces, (long) longest + ROOM, old == null ? 0 : most);
    padding = Arrays.stream(all).map(length -> longest - length).toArray();
    most = all.length;
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
   * @param input embeddings {@code [R, 1, D]}
   * @return scores of the token behind it, {@code [R, V]}, of the current scope
   */
  Tensor step(Tensor input) {
    Tensor positions = null;
    Tensor mask = null;
    if (real != null) {
      long[] next = Arrays.stream(padding).mapToLong(pad -> cache.length() - pad).toArray();
      positions = Tensors.to(Tensors.ofLongs(next, next.length, 1), lm.device());
      mask = real.narrow(1, 0, cache.length() + 1);
    }
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
