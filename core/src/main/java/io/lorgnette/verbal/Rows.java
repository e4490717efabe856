package io.lorgnette.verbal;

/**
 * Vectors of one width, one a row. Immutable by agreement: the values are not copied.
 *
 * @param values row by row
 * @param width of each
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier of numbers; nobody compares two of them.
public record Rows(float[] values, int width) {

  /**
   * Checks that rows are whole.
   *
   * @throws IllegalArgumentException if they are not
   */
  public Rows {
    if (width < 1 || values.length % width != 0) {
      throw new IllegalArgumentException(
          values.length + " numbers are no rows of a width of " + width);
    }
  }

  /** How many. */
  public int count() {
    return values.length / width;
  }

  /** The dot product of a row with a row of others of the same width. */
  double dot(int row, Rows other, int otherRow) {
    double sum = 0;
    int a = row * width;
    int b = otherRow * width;
    for (int i = 0; i < width; i++) {
      sum += (double) values[a + i] * other.values[b + i];
    }
    return sum;
  }

  /** These rows in another order, with gaps or repeats. */
  public Rows select(int[] rows) {
    float[] chosen = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, rows[i] * width, chosen, i * width, width);
    }
    return new Rows(chosen, width);
  }
}
