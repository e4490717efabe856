package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.weights.Precision;
import picocli.CommandLine.Option;

/** How a command that speaks keeps the language model in memory. */
final class WeightsOption {

  @Option(
      names = "--weights",
      paramLabel = "FORM",
      description =
          "Form of the language model's matrices in memory: int8, int4 (in groups of 32), int4-g64"
              + " or int4-g128, which save memory and change answers a little (default: the"
              + " --format).")
  private String weights;

  /**
   * The form for a model that computes in the format of these numerics.
   *
   * @throws InputException if there is no such form
   */
  Precision precision(Numerics numerics) {
    if (weights == null) {
      return Precision.of(numerics.format());
    }
    try {
      return Precision.named(weights).computedIn(numerics.format());
    } catch (IllegalArgumentException e) {
      throw new InputException("--weights: " + e.getMessage(), e);
    }
  }
}
