package io.lorgnette.curate;

import java.util.ArrayList;
import java.util.List;

/** How often values lie where: bins of a width of 0.02, from the lowest value to the highest. */
public record Histogram(List<Bin> bins) {

  private static final double WIDTH = 0.02;

  /**
   * Values within {@code [from, to)}.
   *
   * @param count how many
   */
  public record Bin(double from, double to, long count) {}

  public Histogram {
    bins = List.copyOf(bins);
  }

  static Histogram of(float[] values) {
    if (values.length == 0) {
      return new Histogram(List.of());
    }
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (float value : values) {
      low = Math.min(low, bin(value));
      high = Math.max(high, bin(value));
    }
    long[] counts = new long[high - low + 1];
    for (float value : values) {
      counts[bin(value) - low]++;
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      bins.add(new Bin((low + i) / 50.0, (low + i + 1) / 50.0, counts[i]));
    }
    return new Histogram(bins);
  }

  private static int bin(float value) {
    return (int) Math.floor(value / WIDTH);
  }
}
