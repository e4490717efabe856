package io.lorgnette.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real data sets, where they are at hand; tests that need them are skipped elsewhere. */
final class SharedData {
  private SharedData() {}

  /** {@code LORGNETTE_DATA}, else {@code ../shared/data} beside the repository. */
  static Path root() {
    String variable = System.getenv(DataRoots.VARIABLE);
    Path root =
        variable != null && !variable.isBlank()
            ? Path.of(variable)
            : repository().resolveSibling("shared").resolve("data");
    assumeTrue(Files.isDirectory(root.resolve("flickr8k")), "the real data sets are not here");
    return root;
  }

  /** The folder of the parent pom. */
  static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("metrics"))
        || !Files.isDirectory(folder.resolve("core"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
