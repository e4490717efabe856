package io.lorgnette.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis with round ticks.
 *
 * @param low where it begins
 * @param high where it ends
 * @param step between two ticks
 */
record Scale(double low, double high, double step) {

  private static final int ABOUT = 5;

  /** An axis from the tick at or below {@code low} to the value {@code high}, with some room. */
  static Scale of(double low, double high) {
    double raw = (high - low) / ABOUT;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = power * (raw > 5 * power ? 10 : raw > 2 * power ? 5 : raw > power ? 2 : 1);
    return new Scale(Math.floor(low / step) * step, high, step);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; low + i * step <= high + step * 1e-6; i++) {
      ticks.add(low + i * step);
    }
    return ticks;
  }

  /** 0 at the low end and 1 at the high end. */
  double share(double value) {
    return (value - low) / (high - low);
  }

  /** A tick with as many decimals as tell it from the next. */
  static String label(double tick, double step) {
    return Numbers.fixed(tick, Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9)));
  }
}
