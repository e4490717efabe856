package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.Problem.Kind;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemsTest {
  @TempDir Path folder;

  @Test
  void listsEveryProblemInTheRunFolder() throws IOException {
    Problems problems = Problems.collecting();
    problems.add(new Problem("set", Kind.BROKEN_RECORD, "x.txt, line 3", "no \"tab\"."));
    problems.addBrokenImage(
        "set", new ImageRef("ä.jpg", new NoImages()), new InputException("not an image."));
    Path file = folder.resolve("problems.jsonl");
    Files.writeString(file, "older");
    problems.write(file);
    assertThat(file)
        .hasContent(
            """
            {"dataset":"set","kind":"broken-record","place":"x.txt, line 3","sentence":"no \\"tab\\"."}
            {"dataset":"set","kind":"broken-image","place":"ä.jpg in no images","sentence":"not an image."}
            """);
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThat(problems.summary()).isEqualTo("1 broken lines or records, 1 broken images");
  }

  @Test
  void anEmptyListIsAnEmptyFile() throws IOException {
    Problems.collecting().write(folder.resolve("problems.jsonl"));
    assertThat(folder.resolve("problems.jsonl")).isEmptyFile();
    assertThat(Problems.collecting().summary()).isEqualTo("no problems");
  }

  @Test
  void countsFromManyThreadsAndKeepsNoMoreThanItsLimit() throws IOException {
    Problems problems = Problems.collecting();
    IntStream.range(0, 100_500)
        .parallel()
        .forEach(i -> problems.add(new Problem("set", Kind.MISSING_IMAGE, i + ".jpg", "gone.")));
    assertThat(problems.count()).isEqualTo(100_500);
    assertThat(problems.count(Kind.MISSING_IMAGE)).isEqualTo(100_500);
    assertThat(problems.kept()).hasSize(100_000);
    Path file = folder.resolve("problems.jsonl");
    problems.write(file);
    try (var lines = Files.lines(file)) {
      assertThat(lines.skip(100_000)).containsExactly("{\"notListed\": 500}");
    }
    assertThat(problems.summary()).isEqualTo("100,500 missing images");
  }

  @Test
  void strictStopsAtTheFirst() {
    assertThatThrownBy(() -> Problems.strict().add(new Problem("s", Kind.DUPLICATE, "x", "twice.")))
        .isInstanceOf(InputException.class)
        .hasMessage("x: twice. (stopped because of --strict)");
  }
}
