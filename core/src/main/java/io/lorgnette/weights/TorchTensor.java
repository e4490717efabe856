package io.lorgnette.weights;

import java.util.List;

/**
 * A tensor of a PyTorch checkpoint: a pattern of steps through a storage.
 *
 * @param offset first number in the storage
 * @param shape sizes, empty for a scalar
 * @param stride numbers to step over along each dimension
 */
record TorchTensor(TorchStorage storage, long offset, List<Long> shape, List<Long> stride) {

  /**
   * Checks that the tensor lies in its storage.
   *
   * @throws IllegalArgumentException saying what is impossible
   */
  TorchTensor {
    shape = List.copyOf(shape);
    stride = List.copyOf(stride);
    if (shape.size() != stride.size() || offset < 0) {
      throw new IllegalArgumentException("shape " + shape + " with steps " + stride);
    }
    try {
      long elements = 1;
      long last = offset;
      for (int i = 0; i < shape.size(); i++) {
        if (shape.get(i) < 0 || stride.get(i) < 0) {
          throw new IllegalArgumentException("shape " + shape + " with steps " + stride);
        }
        elements = Math.multiplyExact(elements, shape.get(i));
        last =
            Math.addExact(last, Math.multiplyExact(Math.max(0, shape.get(i) - 1), stride.get(i)));
      }
      Math.multiplyExact(elements, storage.dtype().bytes());
      if (elements > 0 && last >= storage.elements()) {
        throw new IllegalArgumentException(
            "shape "
                + shape
                + " with steps "
                + stride
                + " from "
                + offset
                + " in a storage of "
                + storage.elements()
                + " numbers");
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("shape " + shape + " with steps " + stride, e);
    }
  }

  TensorInfo info() {
    return new TensorInfo(storage.dtype(), shape);
  }

  long elements() {
    return info().elements();
  }

  /** Numbers from the first to the last that belongs to the tensor. */
  long extent() {
    if (elements() == 0) {
      return 0;
    }
    long extent = 1;
    for (int i = 0; i < shape.size(); i++) {
      extent += (shape.get(i) - 1) * stride.get(i);
    }
    return extent;
  }

  /** Whether the numbers stand in order without gaps. */
  boolean contiguous() {
    long expected = 1;
    for (int i = shape.size() - 1; i >= 0; i--) {
      if (shape.get(i) != 1 && stride.get(i) != expected) {
        return elements() == 0;
      }
      expected *= shape.get(i);
    }
    return true;
  }
}
