package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;
import java.util.List;

/**
 * What a checkpoint says about one tensor.
 *
 * @param dtype stored number format
 * @param shape sizes, empty for a scalar
 */
public record TensorInfo(Dtype dtype, List<Long> shape) {

  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Number of values. */
  public long elements() {
    long product = 1;
    for (long size : shape) {
      product *= size;
    }
    return product;
  }

  /** Bytes in the file. */
  public long bytes() {
    return elements() * dtype.bytes();
  }
}
