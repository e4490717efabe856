package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;
import java.util.List;

/**
 * What a checkpoint says about one tensor.
 *
 * @param dtype number format in which it is read
 * @param shape sizes, empty for a scalar
 * @param format name of the stored form: of {@code dtype}, or of a quantized one such as {@code
 *     Q4_K}
 * @param bytes size in the file
 */
public record TensorInfo(Dtype dtype, List<Long> shape, String format, long bytes) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** A tensor that is stored in the number format in which it is read. */
  TensorInfo(Dtype dtype, List<Long> shape) {
    this(dtype, shape, dtype.safetensorsName(), product(shape) * dtype.bytes());
  }

  /** Number of values. */
  public long elements() {
    return product(shape);
  }

  private static long product(List<Long> shape) {
    long product = 1;
    for (long size : shape) {
      product *= size;
    }
    return product;
  }
}
