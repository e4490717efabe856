package io.lorgnette.data;

import java.util.Arrays;

/** Growing array of slices, without boxes: full-size sets have hundreds of thousands. */
final class LongList {
  private long[] values = new long[4];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  Slices toSlices() {
    return Slices.of(toArray());
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
