package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The data set that a command looks at, by its name. */
final class DataOptions {

  @Option(
      names = "--on",
      paramLabel = "NAME",
      description =
          "Data set, such as flickr8k, coco-karpathy, vqav2, okvqa or postcards; \"lorgnette data"
              + " list\" names all.")
  private String name;

  @Option(
      names = "--split",
      defaultValue = "dev",
      paramLabel = "SPLIT",
      description = "train, dev or test (default: ${DEFAULT-VALUE}).")
  private String split;

  @Mixin private DataFolderOption folder;
  @Mixin private StrictOption strict;

  /** Whether {@code --on} is given. */
  boolean named() {
    return name != null;
  }

  /**
   * What {@code --on} says.
   *
   * @throws InputException if it is not given
   */
  String name() {
    if (name == null) {
      throw new InputException(
          "--on is missing; name a data set, such as flickr8k (\"lorgnette data list\" names all)");
    }
    return name;
  }

  /**
   * The split.
   *
   * @throws InputException if there is none of that name
   */
  Split split() {
    return Split.of(split);
  }

  /** What {@code --split} says. */
  String splitName() {
    return split;
  }

  /**
   * The data set.
   *
   * @throws InputException if name or split is unknown
   */
  DatasetSpec spec() {
    return DatasetSpec.named(name(), split());
  }

  /** Where it lies; the postcards are drawn if it is them. */
  DataRoots roots(Console console) {
    return roots(console, List.of(spec()));
  }

  /** Where data sets lie; the postcards are drawn if they are among them. */
  DataRoots roots(Console console, List<DatasetSpec> specs) {
    return ConnectorRuns.withPostcards(console, folder.roots(), specs);
  }

  /** A new place for what is left out of it; it throws at the first problem with --strict. */
  Problems problems() {
    return strict.problems();
  }
}
