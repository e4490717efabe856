package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import picocli.CommandLine.Option;

/** How a command that speaks searches for its words. */
final class DecodingOptions {

  @Option(
      names = "--beams",
      defaultValue = "5",
      paramLabel = "N",
      description = "Beams of the search; 1 is greedy (default: ${DEFAULT-VALUE}).")
  private int beams;

  @Option(
      names = "--max-tokens",
      defaultValue = "50",
      paramLabel = "N",
      description = "Tokens of a caption or answer at most (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  /**
   * Checks the numbers.
   *
   * @throws InputException if one is below 1
   */
  DecodingOptions check() {
    if (beams < 1 || maxTokens < 1) {
      throw new InputException("--beams and --max-tokens must be at least 1");
    }
    return this;
  }

  int beams() {
    return beams;
  }

  int maxTokens() {
    return maxTokens;
  }
}
