package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What every command that trains takes. */
final class RunOptions {

  private static final String RESUME = "--resume";

  @Mixin private DataFolderOption data;

  @Option(names = "--out", paramLabel = "DIR", description = "Folder of the run.")
  private Path out;

  @Option(names = RESUME, description = "Go on with the run in --out from its newest checkpoint.")
  private boolean resume;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a value of the recipe, such as train.steps=200; can be repeated.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description =
          "Stop after so many minutes at the end of a step, with a checkpoint to go on from.")
  private Double minutes;

  @Option(
      names = "--accept-different-numerics",
      description =
          "Resume on another processor or device, or with another --format or --threads, although the"
              + " last bits may differ.")
  private boolean acceptDifferentNumerics;

  @Option(
      names = "--dry-run",
      description = "Check recipe and files, print the recipe with every default, train nothing.")
  private boolean dryRun;

  /** When training is to stop; counted from this call. */
  Deadline deadline() {
    return Deadline.in(minutes);
  }

  boolean resume() {
    return resume;
  }

  boolean dryRun() {
    return dryRun;
  }

  boolean acceptDifferentNumerics() {
    return acceptDifferentNumerics;
  }

  List<String> set() {
    return set;
  }

  /**
   * The run's folder.
   *
   * @throws InputException if it was not given
   */
  Path out() {
    if (out == null) {
      throw new InputException(
          "--out is missing; give the folder that the run is to be written to");
    }
    return out;
  }

  /** Where the data that a recipe names lie. */
  DataRoots data() {
    return data.roots();
  }

  /** The arguments of this process with which the run goes on. */
  static List<String> goOn(CommandSpec root) {
    List<String> arguments = new ArrayList<>(root.commandLine().getParseResult().originalArgs());
    if (!arguments.contains(RESUME)) {
      arguments.add(RESUME);
    }
    return arguments.stream().map(RunOptions::quoted).toList();
  }

  /** The arguments of this process, as a shell takes them. */
  static String quoted(CommandSpec root) {
    return root.commandLine().getParseResult().originalArgs().stream()
        .map(RunOptions::quoted)
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String argument) {
    return argument.matches("[A-Za-z0-9_./=:,@%+~-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
