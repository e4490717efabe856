package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where data sets lie on this machine. Recipes never say it, so that they hold everywhere.
 *
 * @param data the folder that {@code --data} or {@code LORGNETTE_DATA} names
 * @param postcards the folder in the cache with the built-in data set
 */
public record DataRoots(Optional<Path> data, Optional<Path> postcards) {
  /** The environment variable that stands in for {@code --data}. */
  public static final String VARIABLE = "LORGNETTE_DATA";

  /** No folder at all. */
  public static DataRoots none() {
    return new DataRoots(Optional.empty(), Optional.empty());
  }

  /** The value of {@code --data} where given, else the environment's. */
  public static DataRoots find(Optional<Path> option, Map<String, String> environment) {
    Optional<Path> variable =
        Optional.ofNullable(environment.get(VARIABLE)).filter(v -> !v.isBlank()).map(Path::of);
    return new DataRoots(option.or(() -> variable), Optional.empty());
  }

  public DataRoots withPostcards(Path folder) {
    return new DataRoots(data, Optional.of(folder));
  }

  /**
   * The data root.
   *
   * @param dataset who asks, for the message
   * @throws InputException when none was given or it is no folder
   */
  public Path dataFor(String dataset) {
    Path root =
        data.orElseThrow(
            () ->
                new InputException(
                    "Data set "
                        + dataset
                        + " needs a data folder; give it with --data DIR or set "
                        + VARIABLE
                        + "."));
    if (!Files.isDirectory(root)) {
      throw new InputException(
          "The data folder "
              + root
              + " is not there; give another with --data DIR or set "
              + VARIABLE
              + ".");
    }
    return root;
  }

  /** The folder of the built-in data set; whoever writes it there sets it before. */
  public Path postcardsFolder() {
    return postcards.orElseThrow(
        () -> new IllegalStateException("the postcards are read before they were written"));
  }
}
