package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Keys and values of the tokens so far, for every layer of one batch of sequences. The state of a
 * generation: belongs to one thread at a time. Memory is taken once, for the full length.
 */
public final class KvCache implements AutoCloseable {

  private final Tensor[] keys; // each [rows, h, end of capacity, d], of which B rows are in use
  private final Tensor[] values;
  private final long[] origins; // or null
  private long batch;
  private long first; // tokens before it have been forgotten
  private long length;

  private KvCache(Tensor[] keys, Tensor[] values, long[] origins, long batch, long length) {
    this.keys = keys;
    this.values = values;
    this.origins = origins;
    this.batch = batch;
    this.length = length;
  }

  /**
   * An empty cache.
   *
   * @param capacity tokens that will be held at most
   */
  public static KvCache of(
      int layers,
      long batch,
      long heads,
      long capacity,
      long headWidth,
      Dtype dtype,
      Device device) {
    Tensor[] keys = new Tensor[layers];
    Tensor[] values = new Tensor[layers];
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < layers; i++) {
        keys[i] = Scope.release(Tensors.empty(dtype, device, batch, heads, capacity, headWidth));
        values[i] = Scope.release(Tensors.empty(dtype, device, batch, heads, capacity, headWidth));
      }
    }
    return new KvCache(keys, values, null, batch, 0);
  }

  /** Tokens held. */
  public long length() {
    return length;
  }

  /** Tokens that can be held. */
  public long capacity() {
    return keys[0].size(2) - first;
  }

  public long batch() {
    return batch;
  }

  /** Sequences that can be held. */
  public long rows() {
    return keys[0].size(0);
  }

  /**
   * Which sequence of the first pass each row goes on from, for what belongs to those sequences but
   * is not held here (images that they look at); null when rows are still those sequences.
   */
  public long[] origins() {
    return origins == null ? null : origins.clone();
  }

  /**
   * Puts the keys and values of new tokens behind those held, for one layer.
   *
   * @param k {@code [B, h, T, d]}
   * @param v as {@code k}
   * @return all keys and all values so far, {@code [B, h, S, d]}, views of the cache
   */
  public Tensor[] append(int layer, Tensor k, Tensor v) {
    long count = k.size(2);
    if (length + count > capacity()) {
      throw new IllegalStateException(
          "the cache holds " + capacity() + " tokens, not " + (length + count));
    }
    Tensor allKeys = used(keys[layer]);
    Tensor allValues = used(values[layer]);
    allKeys.narrow(2, first + length, count).copy_(k);
    allValues.narrow(2, first + length, count).copy_(v);
    return new Tensor[] {
      allKeys.narrow(2, first, length + count), allValues.narrow(2, first, length + count)
    };
  }

  private Tensor used(Tensor all) {
    return batch == all.size(0) ? all : all.narrow(0, 0, batch);
  }

  /** Counts new tokens as held, after all layers have appended them. */
  public void advance(long count) {
    length += count;
  }

  /**
   * A cache whose i-th sequence is this one's {@code rows[i]}-th: for beams, and for several
   * answers to one prompt. This cache stays as it is.
   *
   * @param rows {@code [B']}, I64
   * @param capacity of the new cache
   */
  public KvCache select(Tensor rows, long capacity) {
    Tensor[] newKeys = new Tensor[keys.length];
    Tensor[] newValues = new Tensor[keys.length];
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < keys.length; i++) {
        newKeys[i] = select(keys[i], rows, capacity);
        newValues[i] = select(values[i], rows, capacity);
      }
    }
    long[] from = Tensors.toLongs(rows);
    long[] newOrigins =
        origins == null
            ? from
            : Arrays.stream(from).map(row -> origins[Math.toIntExact(row)]).toArray();
    return new KvCache(newKeys, newValues, newOrigins, from.length, length);
  }

  /**
   * Some tokens of some sequences of a cache.
   *
   * @param rows which sequences, {@code [B']}
   * @param from the first token taken
   * @param to behind the last one
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  public record Piece(KvCache cache, long[] rows, long from, long to) {

    private long length() {
      return to - from;
    }

    private boolean consecutive() {
      for (int i = 1; i < rows.length; i++) {
        if (rows[i] != rows[0] + i) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * A cache of sequences of others, one piece below the other. They end at the same place; where a
   * piece is shorter than the longest, its sequences have zeros on the left, which a mask must
   * hide. The given caches stay as they are.
   *
   * @param pieces at least one, of one model
   * @param capacity tokens that will be held at most
   */
  public static KvCache joined(List<Piece> pieces, long capacity) {
    return joined(pieces, capacity, 0);
  }

  /**
   * The same with room for more sequences.
   *
   * @param rows that can be held at least
   */
  public static KvCache joined(List<Piece> pieces, long capacity, long rows) {
    long length = pieces.stream().mapToLong(Piece::length).max().orElseThrow();
    long batch = count(pieces);
    KvCache first = pieces.get(0).cache();
    Tensor[] keys = new Tensor[first.keys.length];
    Tensor[] values = new Tensor[keys.length];
    for (int layer = 0; layer < keys.length; layer++) {
      keys[layer] = like(first.keys[layer], Math.max(rows, batch), capacity);
      values[layer] = like(first.values[layer], Math.max(rows, batch), capacity);
    }
    KvCache joined = new KvCache(keys, values, null, 0, length);
    joined.add(pieces);
    return joined;
  }

  private static long count(List<Piece> pieces) {
    return pieces.stream().mapToLong(piece -> piece.rows().length).sum();
  }

  /** Whether {@link #add} has room for so many sequences that are so long. */
  public boolean takes(List<Piece> pieces) {
    return batch + count(pieces) <= rows()
        && pieces.stream().allMatch(piece -> piece.length() <= length);
  }

  /**
   * Puts sequences of other caches below those that are held; they end at the same place, with
   * zeros on the left where they are shorter.
   *
   * @param pieces which it {@link #takes}
   */
  public void add(List<Piece> pieces) {
    try (Scope scope = Scope.open()) {
      for (Piece piece : pieces) {
        long count = piece.rows().length;
        Tensor index = piece.consecutive() ? null : index(piece.rows());
        for (int layer = 0; layer < keys.length; layer++) {
          place(keys[layer].narrow(0, batch, count), piece, piece.cache().keys[layer], index);
          place(values[layer].narrow(0, batch, count), piece, piece.cache().values[layer], index);
        }
        batch += count;
      }
    }
  }

  private Tensor index(long[] rows) {
    return Tensors.to(Tensors.ofLongs(rows, rows.length), Tensors.device(keys[0]));
  }

  /**
   * Goes on with fewer sequences.
   *
   * @param order the i-th is from then on the one that is now {@code order[i]}-th: itself, or one
   *     behind those that are kept
   */
  public void keep(int[] order) {
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < order.length; i++) {
        if (order[i] == i) {
          continue;
        }
        if (order[i] < order.length) {
          throw new IllegalArgumentException(
              "row " + order[i] + " stays, and can not move to " + i);
        }
        for (int layer = 0; layer < keys.length; layer++) {
          move(keys[layer], order[i], i);
          move(values[layer], order[i], i);
        }
      }
    }
    batch = order.length;
  }

  private void move(Tensor all, long from, long to) {
    Tensor held = all.narrow(2, first, length);
    held.select(0, to).copy_(held.select(0, from));
  }

  /** Forgets the first tokens of all sequences. */
  public void forget(long tokens) {
    first += tokens;
    length -= tokens;
  }

  private static Tensor like(Tensor tensor, long rows, long capacity) {
    return Scope.release(
        Tensors.empty(
            Tensors.dtype(tensor),
            Tensors.device(tensor),
            rows,
            tensor.size(1),
            capacity,
            tensor.size(3)));
  }

  private void place(Tensor to, Piece piece, Tensor from, Tensor index) {
    long count = piece.length();
    if (count < length) {
      to.narrow(2, first, length - count).zero_();
    }
    if (count > 0) {
      Tensor tokens = from.narrow(2, piece.cache().first + piece.from(), count);
      Tensor taken =
          index == null
              ? tokens.narrow(0, piece.rows()[0], piece.rows().length)
              : tokens.index_select(0, index);
      to.narrow(2, first + length - count, count).copy_(taken);
    }
  }

  /** Bytes of native memory that it takes. */
  public long bytes() {
    long bytes = 0;
    for (int i = 0; i < keys.length; i++) {
      bytes += keys[i].nbytes() + values[i].nbytes();
    }
    return bytes;
  }

  private Tensor select(Tensor from, Tensor rows, long newCapacity) {
    Tensor to = like(from, rows.numel(), newCapacity);
    if (length > 0) {
      to.narrow(2, 0, length).copy_(from.narrow(2, first, length).index_select(0, rows));
    }
    return to;
  }

  /**
   * Makes the i-th sequence go on from the {@code rows[i]}-th, in place, for tokens from {@code
   * from} on: beams of one prompt differ only behind it, and share their {@link #origins}.
   *
   * @param rows {@code [B]}, I64
   * @param from sequences that change places have the same tokens before this one
   */
  public void reorder(Tensor rows, long from) {
    if (rows.numel() != batch()) {
      throw new IllegalArgumentException(
          rows.numel() + " rows do not reorder a cache of " + batch() + " sequences");
    }
    if (from >= length) {
      return;
    }
    for (int i = 0; i < keys.length; i++) {
      // One layer's new tokens at a time: the copy stays small.
      try (Scope scope = Scope.open()) {
        for (Tensor all : new Tensor[] {keys[i], values[i]}) {
          Tensor part = used(all).narrow(2, first + from, length - from);
          part.copy_(part.index_select(0, rows));
        }
      }
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < keys.length; i++) {
      keys[i].close();
      values[i].close();
    }
  }
}
