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
 * generation: belongs to one thread at a time. Memory is taken for {@value #BLOCK} tokens at a
 * time.
 */
public final class KvCache implements AutoCloseable {

  private static final int BLOCK = 64;

  private final Tensor[] keys; // each [B, h, room, d], zeros behind the last token
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
    long room = Math.min(capacity, BLOCK);
    try (Scope scope = Scope.open()) {
      for (int i = 0; i < layers; i++) {
        keys[i] = Scope.release(Tensors.zeros(dtype, device, batch, heads, room, headWidth));
        values[i] = Scope.release(Tensors.zeros(dtype, device, batch, heads, room, headWidth));
      }
    }
    return new KvCache(keys, values, capacity, null, 0);
  }

  /**
   * Keys and values of S tokens, in memory with room for more.
   *
   * @param wholeKeys {@code [B, h, room, d]}, zeros behind the S-th
   * @param wholeValues as {@code wholeKeys}
   * @param length S
   */
  public record Held(Tensor wholeKeys, Tensor wholeValues, long length) {

    /** Those given, without room. */
    public static Held of(Tensor keys, Tensor values) {
      return new Held(keys, values, keys.size(2));
    }

    /** {@code [B, h, S, d]}. */
    public Tensor keys() {
      return part(wholeKeys);
    }

    /** {@code [B, h, S, d]}. */
    public Tensor values() {
      return part(wholeValues);
    }

    private Tensor part(Tensor whole) {
      return length == whole.size(2) ? whole : whole.narrow(2, 0, length);
    }

    /** In another format. */
    public Held to(Dtype dtype) {
      return of(Tensors.to(keys(), dtype), Tensors.to(values(), dtype));
    }

    /** Every head so many times, one behind the other. */
    Held repeated(long times) {
      return new Held(repeated(wholeKeys, times), repeated(wholeValues, times), length);
    }

    private static Tensor repeated(Tensor x, long times) {
      long[] shape = {x.size(0), x.size(1), times, x.size(2), x.size(3)};
      return x.unsqueeze(2).expand(shape).reshape(shape[0], shape[1] * times, shape[3], shape[4]);
    }
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
   * @return all keys and all values so far, views of the cache
   */
  public Held append(int layer, Tensor k, Tensor v) {
    long count = k.size(2);
    if (length + count > capacity) {
      throw new IllegalStateException(
          "the cache holds " + capacity + " tokens, not " + (length + count));
    }
    keys[layer] = withRoom(keys[layer], length + count);
    values[layer] = withRoom(values[layer], length + count);
    keys[layer].narrow(2, length, count).copy_(k);
    values[layer].narrow(2, length, count).copy_(v);
    return new Held(keys[layer], values[layer], length + count);
  }

  /** The memory itself if it is long enough, else a longer copy in its place. */
  private Tensor withRoom(Tensor from, long tokens) {
    if (tokens <= from.size(2)) {
      return from;
    }
    try (Scope scope = Scope.open()) {
      Tensor to = like(from, from.size(0), room(tokens, capacity));
      to.narrow(2, 0, length).copy_(from.narrow(2, 0, length));
      from.close();
      return to;
    }
  }

  /** Tokens that memory is taken for. */
  private static long room(long tokens, long capacity) {
    return Math.min(capacity, (tokens + BLOCK - 1) / BLOCK * BLOCK);
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

  /**
   * Some tokens of some sequences of a cache.
   *
   * @param rows which sequences, {@code [B']}
   * @param from the first token taken
   * @param to behind the last one
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  public record Piece(KvCache cache, long[] rows, long from, long to) {}

  /**
   * A cache of sequences of others, one piece below the other. They end at the same place; where a
   * piece is shorter than the longest, its sequences have zeros on the left, which a mask must
   * hide. The given caches stay as they are.
   *
   * @param pieces at least one, of one model
   * @param capacity tokens that will be held at most
   */
  public static KvCache joined(List<Piece> pieces, long capacity) {
    long length = pieces.stream().mapToLong(piece -> piece.to() - piece.from()).max().orElseThrow();
    long rows = pieces.stream().mapToLong(piece -> piece.rows().length).sum();
    KvCache first = pieces.get(0).cache();
    Tensor[] keys = new Tensor[first.keys.length];
    Tensor[] values = new Tensor[keys.length];
    try (Scope scope = Scope.open()) {
      Tensor[] indices = new Tensor[pieces.size()];
      for (int i = 0; i < indices.length; i++) {
        long[] taken = pieces.get(i).rows();
        indices[i] =
            Tensors.to(Tensors.ofLongs(taken, taken.length), Tensors.device(first.keys[0]));
      }
      for (int layer = 0; layer < keys.length; layer++) {
        keys[layer] = like(first.keys[layer], rows, room(length, capacity));
        values[layer] = like(first.values[layer], rows, room(length, capacity));
        long row = 0;
        for (int i = 0; i < indices.length; i++) {
          Piece piece = pieces.get(i);
          place(keys[layer], row, length, piece, piece.cache().keys[layer], indices[i]);
          place(values[layer], row, length, piece, piece.cache().values[layer], indices[i]);
          row += piece.rows().length;
        }
      }
    }
    return new KvCache(keys, values, capacity, null, length);
  }

  /** Zeros: positions that are passed over are multiplied with too, and must be finite. */
  private static Tensor like(Tensor tensor, long rows, long room) {
    return Scope.release(
        Tensors.zeros(
            Tensors.dtype(tensor),
            Tensors.device(tensor),
            rows,
            tensor.size(1),
            room,
            tensor.size(3)));
  }

  private static void place(
      Tensor to, long row, long length, Piece piece, Tensor from, Tensor index) {
    Tensor target = to.narrow(0, row, index.numel());
    long count = piece.to() - piece.from();
    if (count > 0) {
      Tensor taken = from.narrow(2, piece.from(), count).index_select(0, index);
      target.narrow(2, length - count, count).copy_(taken);
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
    Tensor to = like(from, rows.numel(), room(length, newCapacity));
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
