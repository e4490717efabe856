package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Int4;
import io.lorgnette.tensor.OneDnn;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a frozen model's weights are kept in memory. The matrices of its blocks, nearly all of it,
 * are kept in {@code storage}; embeddings, norms, biases, convolutions and the output matrix in the
 * format that is computed in.
 *
 * @param group columns of a row that share a scale, with 4 bits; else 0
 * @param compute format of activations
 * @param packed whether matrices that are no integers are {@linkplain OneDnn#pack laid out} for the
 *     processor's kernels, where it has them: faster, and without gradient
 * @since 0.1
 */
public record Precision(Storage storage, int group, Dtype compute, boolean packed) {

  /** What is added to a matrix's name where it is laid out for kernels. */
  public static final String PACKED = ".packed";

  /** Forms of the matrices. */
  public enum Storage {
    F64(Dtype.F64),
    F32(Dtype.F32),
    BF16(Dtype.BF16),
    F16(Dtype.F16),
    /** Integers, one scale for each row, symmetric. */
    INT8(Dtype.I8),
    /** Integers, a scale and an offset for each group of a row. */
    INT4(Dtype.U8),
    /**
     * As INT8, and multiplied with integers: what comes to a matrix is rounded to 8 bits too, each
     * row by a scale of its own. On the CPU, for inference alone.
     */
    W8A8(Dtype.I8);

    private final Dtype dtype;

    Storage(Dtype dtype) {
      this.dtype = dtype;
    }

    Dtype dtype() {
      return dtype;
    }

    static Storage of(Dtype dtype) {
      for (Storage storage : values()) {
        if (storage.dtype == dtype && dtype.isFloating()) {
          return storage;
        }
      }
      throw new IllegalArgumentException("weights are not kept as " + dtype);
    }
  }

  public static final Precision F32 = of(Dtype.F32);
  public static final Precision BF16 = of(Dtype.BF16);
  public static final Precision F16 = of(Dtype.F16);

  /** 8 bits, computed in BF16, for which there are kernels. */
  public static final Precision INT8 = new Precision(Storage.INT8, 0, Dtype.BF16);

  /** 4 bits in groups of 32, computed in BF16, for which there are kernels. */
  public static final Precision INT4 = new Precision(Storage.INT4, 32, Dtype.BF16);

  /** 8 bits of weights and of what they are multiplied with, in between BF16. */
  public static final Precision W8A8 = new Precision(Storage.W8A8, 0, Dtype.BF16);

  private static final Pattern IN_BLOCK = Pattern.compile("(?:.*\\.)?\\d+\\.(?:.*\\.)?weight");
  private static final Pattern NAME =
      Pattern.compile("(f32|bf16|f16|int8|int4|w8a8)(?:-g(32|64|128))?(?:@(f32|bf16|f16))?");

  /**
   * Checks that the parts go together.
   *
   * @throws IllegalArgumentException saying what does not
   */
  public Precision {
    if (!compute.isFloating()) {
      throw new IllegalArgumentException("activations can not be " + compute);
    }
    boolean grouped = storage == Storage.INT4;
    if (grouped ? !List.of(32, 64, 128).contains(group) : group != 0) {
      throw new IllegalArgumentException(
          grouped
              ? "4 bits come in groups of 32, 64 or 128, not " + group
              : storage + " has no groups");
    }
  }

  /** As it is trained through: nothing is laid out. */
  public Precision(Storage storage, int group, Dtype compute) {
    this(storage, group, compute, false);
  }

  /** Everything in one format. */
  public static Precision of(Dtype dtype) {
    return new Precision(Storage.of(dtype), 0, dtype);
  }

  /** The same storage, computed in another format; F32 on the CPU if 16 bits are not enough. */
  public Precision computedIn(Dtype dtype) {
    return new Precision(storage, group, dtype, packed);
  }

  /** A model's other parts beside one kept so: no fewer bits, for inference alone if that is. */
  public Precision denseIn(Dtype dtype) {
    return new Precision(Storage.of(dtype), 0, dtype, packed);
  }

  /** The name of a matrix that may be laid out for kernels. */
  public static String plainName(String name) {
    return name.endsWith(PACKED) ? name.substring(0, name.length() - PACKED.length()) : name;
  }

  /**
   * The precision of a name: {@code f32}, {@code bf16}, {@code f16}, {@code int8}, {@code w8a8},
   * {@code int4} or {@code int4-g64}, with {@code @f32} behind it to be computed in another format.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Precision named(String name) {
    Matcher parts = NAME.matcher(name.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "no precision is called '"
              + name
              + "'; there are f32, bf16, f16, int8, w8a8, int4, int4-g64 and int4-g128, each also"
              + " with @f32, @bf16 or @f16 for the format to compute in");
    }
    Storage storage = Storage.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
    boolean quantized = !storage.dtype().isFloating();
    int group = storage == Storage.INT4 ? 32 : 0;
    if (parts.group(2) != null) {
      group = Integer.parseInt(parts.group(2));
    }
    Dtype compute = quantized ? Dtype.BF16 : storage.dtype();
    if (parts.group(3) != null) {
      compute = Dtype.valueOf(parts.group(3).toUpperCase(Locale.ROOT));
    }
    return new Precision(storage, group, compute);
  }

  /**
   * The same for inference alone: matrices laid out for the processor's kernels.
   *
   * @see OneDnn#pack
   */
  public Precision forInference() {
    return new Precision(storage, group, compute, true);
  }

  /** Whether matrices are kept as integers. */
  public boolean quantized() {
    return !storage.dtype().isFloating();
  }

  /** Whether a tensor is one of the matrices that {@code storage} is for. */
  boolean concerns(String name, List<Long> shape) {
    return shape.size() == 2 && IN_BLOCK.matcher(name).matches();
  }

  /**
   * Bytes that a tensor takes in memory.
   *
   * @param name decides together with the shape whether it is a matrix of a block
   */
  public long bytes(String name, List<Long> shape) {
    long elements = shape.stream().reduce(1L, (a, b) -> a * b);
    if (!concerns(name, shape)) {
      return elements * compute.bytes();
    }
    long rows = shape.get(0);
    return switch (storage) {
      case INT8, W8A8 -> elements + rows * compute.bytes();
      case INT4 ->
          up(rows, Int4.ROWS) * up(shape.get(1), group) / 2
              + up(shape.get(1), group) / group * rows * 2 * compute.bytes();
      default -> elements * storage.dtype().bytes();
    };
  }

  private static long up(long value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  /** The name that {@link #named} takes, whether for inference alone or not. */
  @Override
  public String toString() {
    String name =
        storage.name().toLowerCase(Locale.ROOT) + (group == 0 || group == 32 ? "" : "-g" + group);
    Dtype usual = quantized() ? Dtype.BF16 : storage.dtype();
    return compute == usual ? name : name + "@" + compute.name().toLowerCase(Locale.ROOT);
  }
}
