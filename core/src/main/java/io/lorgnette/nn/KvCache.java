package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Keys and values of the tokens so far, for every layer of one batch of sequences. The state of a
 * generation: belongs to one thread at a time. Memory is taken once, for the full length.
 */
public final class KvCache implements AutoCloseable {

  private final Tensor[] keys; // each [B, h, capacity, d]
  private final Tensor[] values;
  private final long capacity;
  private final long[] origins; // or null
  private long length;

  private KvCache(Tensor[] keys, Tensor[] values, long capacity, long[] origins, long length) {
    this.keys = keys;
    this.values = values;
    this.capacity = capacity;
    this.origins = origins;
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
    return new KvCache(keys, values, capacity, null, 0);
  }

  /** Tokens held. */
  public long length() {
    return length;
  }

  public long capacity() {
    return capacity;
  }

  public long batch() {
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
    if (length + count > capacity) {
      throw new IllegalStateException(
          "the cache holds " + capacity + " tokens, not " + (length + count));
    }
    keys[layer].narrow(2, length, count).copy_(k);
    values[layer].narrow(2, length, count).copy_(v);
    return new Tensor[] {
      keys[layer].narrow(2, 0, length + count), values[layer].narrow(2, 0, length + count)
    };
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
    return new KvCache(newKeys, newValues, capacity, newOrigins, length);
  }

  private Tensor select(Tensor from, Tensor rows, long newCapacity) {
    Tensor to =
        Scope.release(
            Tensors.empty(
                Tensors.dtype(from),
                Tensors.device(from),
                rows.numel(),
                from.size(1),
                newCapacity,
                from.size(3)));
    if (length > 0) {
      to.narrow(2, 0, length).copy_(from.narrow(2, 0, length).index_select(0, rows));
    }
    return to;
  }

  /**
   * Makes the i-th sequence go on from the {@code rows[i]}-th, in place, for tokens from {@code
   * first} on: beams of one prompt differ only behind it, and share their {@link #origins}.
   *
   * @param rows {@code [B]}, I64
   * @param first sequences that change places have the same tokens before this one
   */
  public void reorder(Tensor rows, long first) {
    if (rows.numel() != batch()) {
      throw new IllegalArgumentException(
          rows.numel() + " rows do not reorder a cache of " + batch() + " sequences");
    }
    if (first >= length) {
      return;
    }
    for (int i = 0; i < keys.length; i++) {
      // One layer's new tokens at a time: the copy stays small.
      try (Scope scope = Scope.open()) {
        for (Tensor all : new Tensor[] {keys[i], values[i]}) {
          Tensor part = all.narrow(2, first, length - first);
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
