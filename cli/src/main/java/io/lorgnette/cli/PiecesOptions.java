package io.lorgnette.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a plan of trainings and questions is worked off, in one piece or in several. */
final class PiecesOptions {

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "Stop after so many minutes, with a checkpoint; the same command goes on.")
  private Double minutes;

  @Mixin private DataFolderOption data;
  @Mixin private EngineOptions engine;

  /** What makes the steps; its minutes count from this call. */
  SuiteRunner runner(Console console) {
    return new SuiteRunner(console, data, engine, Deadline.in(minutes));
  }
}
