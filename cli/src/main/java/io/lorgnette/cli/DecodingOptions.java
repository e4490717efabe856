package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
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

  @Option(
      names = "--min-tokens",
      defaultValue = "0",
      paramLabel = "N",
      description = "Tokens before which nothing may end (default: ${DEFAULT-VALUE}).")
  private int minTokens;

  @Option(
      names = "--length-penalty",
      defaultValue = "1",
      paramLabel = "P",
      description =
          "With beams: exponent of the length that a sum of log-probabilities is divided by; 0"
              + " favours short texts (default: ${DEFAULT-VALUE}).")
  private double lengthPenalty;

  @Option(
      names = "--no-repeat",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Length of the runs of tokens that may occur only once; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private int noRepeat;

  /**
   * Checks the numbers.
   *
   * @throws InputException naming those that are out of range
   */
  DecodingOptions check() {
    if (beams < 1 || maxTokens < 1) {
      throw new InputException("--beams and --max-tokens must be at least 1");
    }
    if (minTokens < 0 || minTokens > maxTokens) {
      throw new InputException("--min-tokens must be from 0 to --max-tokens, " + maxTokens);
    }
    if (!Double.isFinite(lengthPenalty) || noRepeat < 0) {
      throw new InputException("--length-penalty must be a number and --no-repeat at least 0");
    }
    return this;
  }

  /**
   * For a system that searches in its own way, but for the beams.
   *
   * @throws InputException if anything is asked that it does not do
   */
  void requirePlain(String system) {
    if (minTokens != 0 || lengthPenalty != 1 || noRepeat != 0) {
      throw new InputException(
          "--min-tokens, --length-penalty and --no-repeat are not for " + system);
    }
  }

  int beams() {
    return beams;
  }

  /** The search that was asked for. */
  GenerationConfig config() {
    GenerationConfig plain = GenerationConfig.beams(beams, maxTokens);
    return plain
        .withLength(minTokens, maxTokens)
        .withRanking(lengthPenalty, plain.earlyStopping())
        .withRepetition(1, noRepeat);
  }
}
