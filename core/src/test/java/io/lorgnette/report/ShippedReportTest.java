package io.lorgnette.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.suite.ScoreRecords;
import io.lorgnette.train.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of photos that may not be shown, and what is kept of their scores. */
class ShippedReportTest {

  private static final String EVALUATION = "houses-test-captions";

  @TempDir private Path folder;

  private RunFolder run(String name) throws Exception {
    RunFolder run = MadeUpRun.connector(folder.resolve(name), true);
    ObjectNode node = (ObjectNode) run.readJson("run.json");
    node.putObject("connector").put("name", "pocket-captions").put("sha256", "0123456789abcdef");
    node.put("folder", folder.resolve(name).toAbsolutePath().toString());
    run.writeJson("run.json", node);
    return run;
  }

  @Test
  void photosAreToldByIdCaptionAndScoreAlone() throws Exception {
    RunFolder run = run("run");
    Path html = folder.resolve("report.html");
    ShippedReport.write(List.of(run), run, EVALUATION, run("cards"), "lorgnette pocket", html);
    String page = Files.readString(html);
    assertThat(page).contains("pocket-captions: weights 0123456789ab.").contains("BLEU-4");
    // The pictures are those of the other run, its captions alone.
    assertThat(page.split("<img ")).hasSize(10);
    assertThat(page).doesNotContain("What colour is the house?");
    String photos = page.substring(page.indexOf("id=\"photos\""), page.indexOf("id=\"made\""));
    assertThat(photos)
        .contains("24 of the 40 photos")
        .doesNotContain("<img", "under a wide sky.</li>", "There is a small", "On the hill");
    Matcher rows = Pattern.compile("<tr><th scope=\"row\">([^<]*)</th>").matcher(photos);
    List<String> ids = rows.results().map(row -> row.group(1)).toList();
    assertThat(ids)
        .containsExactlyElementsOf(Gallery.drawn(EvaluationRecord.read(run, EVALUATION), 1))
        .hasSize(24);
    assertThat(photos).contains("<td>A boat on the sea.</td><td class=\"number\">0.0</td>");
  }

  @Test
  void recordsHaveScoresAndNeitherWordsNorPaths() throws Exception {
    Path records = folder.resolve("records");
    RunFolder run = run("run");
    ScoreRecords.write(run, records);
    ScoreRecords.write(run, records); // in the place of the first
    RunFolder kept = RunFolder.open(records);
    assertThat(EvaluationRecord.names(kept)).contains(EVALUATION);
    assertThat(kept.readJson(EvaluationRecord.file(EVALUATION)).path("intervals"))
        .isEqualTo(run.readJson(EvaluationRecord.file(EVALUATION)).path("intervals"));
    try (Stream<Path> files = Files.walk(records)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file))
            .as(file.toString())
            .doesNotContain("house under", "boat on the sea", "colour is", folder.toString());
      }
    }
  }
}
