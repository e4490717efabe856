package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written about the tables is what the kept run records say. */
class ResultsPageTest {

  private static final Path DOCS = Path.of("..", "docs");

  @TempDir private Path folder;

  @Test
  void thePageIsThatOfTheRecords() throws Exception {
    Cli cli =
        Cli.run(
            "table",
            "--all",
            "--show",
            "--suite",
            Path.of("..", "recipes", "tables"),
            "--out",
            DOCS.resolve("results/runs"),
            "--write",
            folder);
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(Files.readString(DOCS.resolve("results.md")))
        .as("write it anew: lorgnette table --all --show --out docs/results/runs --write docs")
        .isEqualToNormalizingNewlines(Files.readString(folder.resolve("results.md")));
  }
}
