package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the data sets are. */
final class DataFolderOption {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the data sets (default: the environment's LORGNETTE_DATA).")
  private Path folder;

  /** The option as it was given, for another command. */
  List<String> arguments() {
    return folder == null ? List.of() : List.of("--data", folder.toString());
  }

  DataRoots roots() {
    return DataRoots.find(Optional.ofNullable(folder), System.getenv());
  }
}
