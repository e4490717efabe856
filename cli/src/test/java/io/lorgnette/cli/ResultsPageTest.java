package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written about the tables is what the kept run records say. */
class ResultsPageTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Path README = Path.of("..", "README.md");

  /** Scores of README that were measured before run records were kept. A new score needs one. */
  private static final List<String> WITHOUT_RECORD =
      List.of(
          "15.1 [14.0, 16.1]",
          "41.9 [41.0, 42.8]",
          "36.3 [33.6, 39.0]",
          "6.9 [6.3, 7.4]",
          "29.8 [29.2, 30.4]",
          "5.5 [5.1, 6.0]",
          "40.2 [36.0, 44.4]",
          "38.0 [33.7, 42.1]",
          "39.4 [35.0, 43.7]",
          "33.8 [29.7, 38.4]");

  private static final Pattern SCORE = Pattern.compile("\\d+\\.\\d \\[\\d+\\.\\d, \\d+\\.\\d]");

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

  @Test
  void everyScoreOfTheReadmeHasItsRecord() throws Exception {
    String page = Files.readString(DOCS.resolve("results.md"));
    List<String> unknown = new ArrayList<>();
    List<String> found = new ArrayList<>();
    Matcher scores = SCORE.matcher(Files.readString(README));
    while (scores.find()) {
      found.add(scores.group());
      if (!WITHOUT_RECORD.contains(scores.group()) && !page.contains(scores.group())) {
        unknown.add(scores.group());
      }
    }
    assertThat(unknown).as("scores of README.md that no run record has").isEmpty();
    assertThat(found).as("the exceptions that are still printed").containsAll(WITHOUT_RECORD);
  }
}
