package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {

  private static final String SCORES =
      """
      {"task": "captions", "dataset": "houses", "split": "test", "system": "%s", "items": 2,
       "images": 2, "shots": 0, "corpus": {"CIDEr": %s}, "intervals": {"CIDEr": [0.1, 0.9]}}
      """;

  @TempDir private Path temporary;

  private Path run(String system, String cider) throws Exception {
    Path run = Files.createDirectories(temporary.resolve(system));
    Files.createDirectories(run.resolve("evaluations"));
    Files.createDirectories(run.resolve("predictions"));
    Files.writeString(run.resolve("run.json"), "{\"command\": \"train\"}");
    Files.writeString(
        run.resolve("evaluations/houses-test-captions.json"), SCORES.formatted(system, cider));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2; i++) {
      lines.append(
          """
          {"id": "%d", "imageId": "%d", "image": "%d.jpg", "said": "a house", "score": -1,\
           "references": ["a house"]}
          """
              .formatted(i, i, i));
    }
    Files.writeString(run.resolve("predictions/houses-test-captions.jsonl"), lines.toString());
    return run;
  }

  @Test
  void aPageIsWrittenIntoTheRun() throws Exception {
    Path run = run("mapl", "0.5");
    Cli written = Cli.run("report", run.toString());
    assertThat(written.code()).as(written.err()).isZero();
    assertThat(Path.of(written.out().strip())).isEqualTo(run.resolve("report.html"));
    assertThat(run.resolve("report.html")).content().contains("CIDEr", "50.0");
  }

  @Test
  void theScoresOfTwoRunsStandInOneTable() throws Exception {
    Path run = run("mapl", "0.5");
    Path blind = run("mapl-blind", "0.25");
    String[] base = {"report", run.toString(), "--with", blind.toString(), "--as"};
    Cli markdown = Cli.run(base[0], base[1], base[2], base[3], base[4], "markdown");
    assertThat(markdown.out()).contains("MAPL-blind", "50.0", "25.0");
    Cli csv = Cli.run(base[0], base[1], base[2], base[3], base[4], "csv");
    assertThat(csv.out()).contains("0.5", "0.25");
    assertThat(run.resolve("report.html")).doesNotExist();
  }

  @Test
  void aFolderThatIsNoRunIsOneSentence() {
    Cli missing = Cli.run("report", temporary.resolve("nothing").toString());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("nothing").hasLineCount(1);
  }
}
