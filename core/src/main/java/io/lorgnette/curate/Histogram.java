package io.lorgnette.curate;

import java.util.ArrayList;
import java.util.List;

/**
 * How often cosines lie where: bins of one width, 0.01, 0.02, 0.05 or 0.1, the least with which
 * there are no more than 40 from the lowest to the highest.
 */
public record Histogram(List<Bin> bins) {

  private static final int[] BINS_PER_UNIT = {100, 50, 20, 10};
  private static final int MOST = 40;

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
    float least = values[0];
    float most = values[0];
    for (float value : values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    int perUnit = 0;
    for (int i = 0; i < BINS_PER_UNIT.length && perUnit == 0; i++) {
      boolean few = bin(most, BINS_PER_UNIT[i]) - bin(least, BINS_PER_UNIT[i]) < MOST;
      perUnit = few || i == BINS_PER_UNIT.length - 1 ? BINS_PER_UNIT[i] : 0;
    }
    int low = bin(least, perUnit);
    long[] counts = new long[bin(most, perUnit) - low + 1];
    for (float value : values) {
      counts[bin(value, perUnit) - low]++;
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      bins.add(new Bin((low + i) / (double) perUnit, (low + i + 1) / (double) perUnit, counts[i]));
    }
    return new Histogram(bins);
  }

  private static int bin(float value, int perUnit) {
    return (int) Math.floor((double) value * perUnit);
  }
}
