package io.lorgnette.data;

import java.util.Arrays;

/** Where the records of one image are: an immutable list of {@link Slice}s and small numbers. */
public final class Slices {
  private final long[] values;

  private Slices(long[] values) {
    this.values = values;
  }

  static Slices of(long... values) {
    return new Slices(values.clone());
  }

  long get(int index) {
    return values[index];
  }

  int size() {
    return values.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Slices slices && Arrays.equals(values, slices.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
