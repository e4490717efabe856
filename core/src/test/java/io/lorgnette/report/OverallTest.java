package io.lorgnette.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Task;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverallTest {

  @TempDir Path folder;

  private static double cider(EvaluationRecord record) {
    return record.scores().path("corpus").path("CIDEr").asDouble();
  }

  /** The captions of a run once more, under another set's name and with other scores. */
  private static EvaluationRecord another(RunFolder run, String dataset, double cider) {
    EvaluationRecord first = EvaluationRecord.read(run, "houses-test-captions");
    ObjectNode scores = first.scores().deepCopy();
    scores.put("dataset", dataset);
    ((ObjectNode) scores.get("corpus")).put("CIDEr", cider);
    ObjectNode domain = scores.putObject("byDomain").putObject("near-domain");
    domain.put("images", 5).putObject("corpus").put("CIDEr", 0.625);
    domain.putObject("intervals").putArray("CIDEr").add(0.5).add(0.75);
    EvaluationRecord other =
        new EvaluationRecord(dataset + "-test-captions", Task.CAPTIONS, scores, first.items());
    other.write(run);
    return other;
  }

  @Test
  void theOverallScoreIsThePlainMeanOverTheSetsThatAllRunsHave() throws Exception {
    RunFolder mapl = MadeUpRun.connector(folder.resolve("mapl-run"), true);
    RunFolder blind = MadeUpRun.connector(folder.resolve("blind-run"), false);
    assertThat(Report.markdown(mapl, List.of(blind))).doesNotContain("overall");
    EvaluationRecord boats = another(mapl, "boats", 0.875);
    another(mapl, "trees", 0.1);
    another(blind, "boats", 0.25);
    EvaluationRecord houses = EvaluationRecord.read(mapl, "houses-test-captions");
    EvaluationRecord blindHouses = EvaluationRecord.read(blind, "houses-test-captions");
    String both = Report.markdown(mapl, List.of(blind));
    String mean = Numbers.percent((cider(houses) + cider(boats)) / 2);
    String meanOfBlind = Numbers.percent((cider(blindHouses) + 0.25) / 2);
    assertThat(both)
        .contains("### Captions overall, mean of 2 sets")
        .contains("Each set counts the same: boats test, houses test.")
        .contains("| CIDEr | " + mean + " | " + meanOfBlind + " |");
    String all = Numbers.percent((cider(houses) + cider(boats) + 0.1) / 3);
    assertThat(Report.markdown(mapl, List.of()))
        .contains("### Captions overall, mean of 3 sets")
        .contains("| CIDEr | " + all + " |");
    assertThat(Report.csv(mapl, List.of()).lines())
        .anyMatch(line -> line.startsWith("overall-captions,MAPL,mapl-run,CIDEr,,"))
        .noneMatch(line -> line.startsWith("overall-answers"));
    assertThat(Report.html(mapl, List.of(blind)))
        .contains("Captions overall, mean of 2 sets", "plain mean over sets");
  }

  @Test
  void domainsHaveRowsOfTheirOwn() throws Exception {
    RunFolder mapl = MadeUpRun.connector(folder.resolve("mapl-run"), true);
    another(mapl, "boats", 0.875);
    assertThat(Report.markdown(mapl, List.of()))
        .contains("| CIDEr, near-domain | 62.5 [50.0, 75.0] |");
  }
}
