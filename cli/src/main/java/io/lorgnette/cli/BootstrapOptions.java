package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.Interval;
import picocli.CommandLine.Option;

/** How intervals are drawn. */
final class BootstrapOptions {

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of the bootstrap (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--resamples",
      paramLabel = "N",
      defaultValue = "" + Interval.RESAMPLES,
      description = "Resamples of the bootstrap (default: ${DEFAULT-VALUE}).")
  private int resamples;

  /**
   * Checks the numbers.
   *
   * @throws InputException if they draw nothing
   */
  void check() {
    if (resamples < 1) {
      throw new InputException("--resamples must be at least 1 but is " + resamples);
    }
  }

  long seed() {
    return seed;
  }

  int resamples() {
    return resamples;
  }
}
