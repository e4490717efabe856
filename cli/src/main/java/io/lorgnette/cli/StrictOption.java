package io.lorgnette.cli;

import io.lorgnette.data.Problems;
import picocli.CommandLine.Option;

/** Whether broken data stop a command. */
final class StrictOption {

  @Option(
      names = "--strict",
      description = "Stop at the first broken image or line instead of leaving it out.")
  private boolean strict;

  /** A new place for what is left out; it throws at the first problem where that is asked for. */
  Problems problems() {
    return strict ? Problems.strict() : Problems.collecting();
  }
}
