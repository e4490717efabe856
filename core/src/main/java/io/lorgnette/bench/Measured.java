package io.lorgnette.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A stage as it was measured.
 *
 * @param name of the stage
 * @param shape its sizes in words
 * @param unit what the rates count, in the plural
 * @param format that it computed in; empty where it did not use the engine
 * @param rates units a second, one for each run, ascending
 * @param multiplyAdds of a unit
 * @param bytes that a unit reads at least
 * @param busy share of the machine's processors that this process kept busy
 */
public record Measured(
    String name,
    String shape,
    String unit,
    String format,
    List<Double> rates,
    double multiplyAdds,
    double bytes,
    double busy) {

  private static final double SHORTEST_RUN = 0.3; // seconds; shorter work is repeated in a run

  /**
   * Measures a stage, after a run that warms up.
   *
   * @param runs at least 1
   */
  public static Measured of(Stage stage, int runs) {
    stage.run().run();
    long start = System.nanoTime();
    stage.run().run();
    double once = (System.nanoTime() - start) / 1e9;
    int rounds = (int) Math.max(1, Math.ceil(SHORTEST_RUN / once));
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    List<Double> rates = new ArrayList<>();
    long began = System.nanoTime();
    long cpu = system.getProcessCpuTime();
    for (int i = 0; i < runs; i++) {
      start = System.nanoTime();
      for (int round = 0; round < rounds; round++) {
        stage.run().run();
      }
      rates.add(rounds * stage.units() / ((System.nanoTime() - start) / 1e9));
    }
    double busy =
        (double) (system.getProcessCpuTime() - cpu)
            / (System.nanoTime() - began)
            / system.getAvailableProcessors();
    rates.sort(null);
    return new Measured(
        stage.name(),
        stage.shape(),
        stage.unit(),
        stage.format() == null ? "" : stage.format().name().toLowerCase(Locale.ROOT),
        rates,
        stage.cost().multiplyAdds() / stage.units(),
        stage.cost().bytes() / stage.units(),
        busy);
  }

  /** Name and sizes: what one measurement has in common with that of another commit. */
  public String title() {
    return name + ", " + shape;
  }

  /** The middle rate, units a second. */
  public double median() {
    double[] sorted = rates.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The lowest and the highest rate. */
  public double[] range() {
    return new double[] {rates.get(0), rates.get(rates.size() - 1)};
  }

  /**
   * What of the machine it uses: of its matrix rate or of its bandwidth, whichever is more; that is
   * what keeps it from being faster.
   *
   * @param matrixRate operations a second
   */
  public double share(double matrixRate, double bandwidth) {
    return Arrays.stream(
            new double[] {2 * multiplyAdds * median() / matrixRate, bytes * median() / bandwidth})
        .max()
        .orElseThrow();
  }
}
