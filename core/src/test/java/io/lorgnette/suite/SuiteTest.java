package io.lorgnette.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Suites, plans and marks on run folders that the test writes; nothing is trained. */
class SuiteTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int IMAGES = 60;

  private static final String SUITE =
      """
      hours: 1
      trials: {source: cards, language: tiny, set: [train.steps=2]}
      languages:
        - {name: tiny, model: pocket, read: nothing}
      sources:
        - {name: cards, title: cards, set: ["data.train=[{kind: postcards, split: train}]"]}
      systems:
        - {name: seeing, title: Seeing, recipe: mapl.yaml, rates: [0.1, 0.2], units_per_second: 10}
        - {name: blind, title: Blind, recipe: blind.yaml, units_per_second: 10}
        - name: later
          title: Later
          recipe: mapl.yaml
          start: {system: seeing, file: connector.safetensors}
      """;

  private static final String TABLE =
      """
      title: A table
      rows:
        - {id: seeing, system: seeing, source: cards, language: tiny, seeds: 2, published: "S, 1K"}
        - {id: blind, system: blind, source: cards, language: tiny}
        - {id: later, system: later, source: cards, language: tiny}
      columns:
        - {id: cider, title: CIDEr, on: flickr8k, metric: CIDEr, published: COCO CIDEr}
        - {id: shown, title: others, on: flickr8k, metric: CIDEr, shuffled: true}
      claims:
        - {say: it sees, better: seeing/cider, worse: blind/cider}
        - {say: a little more, better: seeing/shown, worse: blind/shown}
        - {say: the other way, better: blind/cider, worse: seeing/cider}
        - {say: as the blind, better: seeing/shown, worse: blind/shown, within: 0.05}
        - {say: not asked yet, better: later/cider, worse: blind/cider}
      curves:
        - id: bend
          title: A curve
          axis: how much
          column: cider
          points: [{row: seeing, at: 1}, {row: blind, at: 2}]
      """;

  @TempDir private Path folder;
  private Path out;

  @BeforeEach
  void write() throws IOException {
    out = folder.resolve("runs");
    String recipe = "data: {train: [{kind: postcards}]}\ntrain: {steps: 4, batch: 8}\n";
    Files.writeString(folder.resolve("mapl.yaml"), "method: mapl\n" + recipe);
    Files.writeString(folder.resolve("blind.yaml"), "method: mapl-blind\n" + recipe);
    Files.writeString(folder.resolve("suite.yaml"), SUITE);
    Files.createDirectories(folder.resolve("tables"));
    Files.writeString(folder.resolve("tables/one.yaml"), TABLE);
    Files.writeString(
        folder.resolve("published.csv"),
        """
        table,system,trained_parameters,training_examples,column,value,note
        one,S,3M,1K,COCO CIDEr,54.3,
        """);
  }

  private Runs runs() {
    return new Runs(Suite.read(folder), out);
  }

  private TableSpec table() {
    return TableSpec.read(Suite.read(folder), "one");
  }

  /** A run that has ended with a loss. */
  private static void finish(SuiteRun run, double loss) throws IOException {
    Files.createDirectories(run.folder());
    ObjectNode node = JSON.createObjectNode();
    node.putObject("result").put("end", "finished").put("validationLossNats", loss);
    Files.writeString(run.folder().resolve("run.json"), node.toString());
    Files.writeString(run.folder().resolve("connector.safetensors"), "");
  }

  /** What a run scored: a level for all images, and more or less on every other one. */
  private static void score(SuiteRun run, TableSpec.Column column, double level, double spread)
      throws IOException {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode images = node.putArray("images");
    ArrayNode sums = node.putArray(column.metric());
    for (int i = 0; i < IMAGES; i++) {
      images.add("%03d".formatted(i));
      sums.addArray().add(level + (i % 2 == 0 ? spread : -spread)).add(1);
    }
    Path scores = run.folder().resolve("images/" + column.evaluation() + ".json");
    Files.createDirectories(scores.getParent());
    Files.writeString(scores, node.toString());
    Path file = run.folder().resolve(EvaluationRecord.file(column.evaluation()));
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"seconds\": 36}");
  }

  @Test
  void ratesAreTriedBeforeTheRunAndTheBestIsTaken() throws Exception {
    List<Step> steps = Plan.of(runs(), List.of(table()));
    List<String> trained =
        steps.stream().filter(s -> s.kind() == Step.Kind.TRAIN).map(Step::run).toList();
    assertThat(trained.subList(0, 3))
        .extracting(name -> name.replaceFirst("\\.[0-9a-f]{8}$", ""))
        .containsExactly(
            "trial.seeing.cards.tiny.1", "trial.seeing.cards.tiny.1", "seeing.cards.tiny.1");
    // The second seed comes after the first of every row.
    assertThat(trained.get(trained.size() - 1)).startsWith("seeing.cards.tiny.2.");
    List<SuiteRun> trials = runs().trials(runs().suite().system("seeing"));
    finish(trials.get(0), 2.5);
    assertThat(runs().chosen(runs().suite().system("seeing"))).isEmpty();
    finish(trials.get(1), 2.7);
    assertThat(runs().chosen(runs().suite().system("seeing"))).contains(0.1);
    assertThat(runs().of(table().row("seeing"), 1).rate()).contains("0.1");
  }

  /** Several processes share a plan: what another is at must not be asked, or gone on from. */
  @Test
  void stepsThatWaitForOthersAreNotReady() throws Exception {
    assertThat(ready()).containsExactly("trial.seeing.cards.tiny.1", "blind.cards.tiny.1");
    List<SuiteRun> trials = runs().trials(runs().suite().system("seeing"));
    finish(trials.get(0), 2.5);
    assertThat(ready()).containsExactly("trial.seeing.cards.tiny.1", "blind.cards.tiny.1");
    finish(trials.get(1), 2.7);
    assertThat(ready())
        .containsExactly("seeing.cards.tiny.1", "blind.cards.tiny.1", "seeing.cards.tiny.2");
    SuiteRun seeing = runs().of(table().row("seeing"), 1);
    finish(seeing, 2);
    assertThat(ready())
        .containsExactly(
            "seeing.cards.tiny.1",
            "blind.cards.tiny.1",
            "later.cards.tiny.1",
            "seeing.cards.tiny.2");
  }

  /** Records of another machine, say, hold their scores; more can not be asked of them. */
  @Test
  void recordsAloneAreTrainedAgainWhenMoreIsAsked() throws Exception {
    for (SuiteRun trial : runs().trials(runs().suite().system("seeing"))) {
      finish(trial, 2);
      Files.delete(trial.folder().resolve("connector.safetensors"));
    }
    SuiteRun seeing = runs().of(table().row("seeing"), 1);
    SuiteRun later = runs().of(table().row("later"), 1);
    for (SuiteRun run : List.of(seeing, later)) {
      finish(run, 2);
      for (TableSpec.Column column : table().columns()) {
        score(run, column, 0.4, 0.1);
      }
      Files.delete(run.folder().resolve("connector.safetensors"));
    }
    assertThat(seeing.recordsAlone()).isTrue();
    assertThat(training()).containsExactly("blind.cards.tiny.1", "seeing.cards.tiny.2");
    // What goes on from a run needs its weights.
    Files.delete(later.folder().resolve(SuiteRun.file(table().column("cider"))));
    assertThat(training())
        .containsExactly(
            "seeing.cards.tiny.1",
            "blind.cards.tiny.1",
            "later.cards.tiny.1",
            "seeing.cards.tiny.2");
  }

  /** What another table asks of a run follows its training, too. */
  @Test
  void aRunIsAskedEverythingAtOnce() throws Exception {
    Files.writeString(
        folder.resolve("tables/two.yaml"),
        TABLE.replace(
            "{id: shown, title: others, on: flickr8k,", "{id: shown, title: others, on: nocaps,"));
    TableSpec two = TableSpec.read(Suite.read(folder), "two");
    List<String> runs = Plan.of(runs(), List.of(table(), two)).stream().map(Step::run).toList();
    List<String> once = runs.stream().distinct().toList();
    for (String run : once) {
      assertThat(runs.lastIndexOf(run) - runs.indexOf(run) + 1)
          .isEqualTo(Collections.frequency(runs, run));
    }
    assertThat(Collections.frequency(runs, runs().of(table().row("blind"), 1).name()))
        .isEqualTo(5); // training, before, and three data sets
  }

  /** A suite that goes on from records writes them again. */
  @Test
  void recordsOfRecordsAreTheSame() {
    List<JsonNode> steps = new ArrayList<>();
    for (int step = 1; step <= 47; step++) {
      steps.add(
          JSON.createObjectNode()
              .put("step", step)
              .put("loss", 1.0 / step)
              .put("learningRate", 0.1)
              .put("seconds", 2));
    }
    List<ObjectNode> once = RunRecords.thinned(steps);
    assertThat(once).hasSizeBetween(3, 6);
    assertThat(once.stream().mapToDouble(line -> line.path("seconds").asDouble()).sum())
        .isEqualTo(94);
    assertThat(RunRecords.thinned(List.copyOf(once))).isEqualTo(once);
  }

  private List<String> training() {
    return names(
        Plan.of(runs(), List.of(table())).stream()
            .filter(step -> step.open() && step.kind() == Step.Kind.TRAIN));
  }

  private List<String> ready() {
    return names(Step.ready(Plan.of(runs(), List.of(table()))).stream()).stream()
        .distinct()
        .toList();
  }

  /** Of the steps' runs, without their hashes. */
  private static List<String> names(Stream<Step> steps) {
    return steps.map(step -> step.run().replaceFirst("\\.[0-9a-f]{8}$", "")).toList();
  }

  /** What others go on from is the run of the table, not one more. */
  @Test
  void runsAreShared() throws Exception {
    for (SuiteRun trial : runs().trials(runs().suite().system("seeing"))) {
      finish(trial, 2);
    }
    SuiteRun first = runs().of(table().row("seeing"), 1);
    assertThat(runs().start(table().row("later")).orElseThrow().name()).isEqualTo(first.name());
    assertThat(runs().of(table().row("seeing"), 2).name()).isNotEqualTo(first.name());
    assertThat(runs().of(table().row("later"), 1).set())
        .contains("start=runs/" + first.name() + "/connector.safetensors");
    Files.writeString(folder.resolve("tables/two.yaml"), TABLE);
    TableSpec other = TableSpec.read(Suite.read(folder), "two");
    assertThat(Plan.of(runs(), List.of(table(), other)))
        .hasSameSizeAs(Plan.of(runs(), List.of(table())));
  }

  /** A run's name says what it is wherever its folder lies, and changes with its recipe. */
  @Test
  void aRunIsItsRecipeAndSeed() throws Exception {
    String here = runs().of(table().row("later"), 1).name();
    Runs elsewhere = new Runs(Suite.read(folder), folder.resolve("a/b"));
    assertThat(elsewhere.of(table().row("later"), 1).name()).isEqualTo(here);
    Files.writeString(
        folder.resolve("mapl.yaml"),
        "method: mapl\ndata: {train: [{kind: postcards}]}\ntrain: {steps: 5, batch: 8}\n");
    assertThat(runs().of(table().row("later"), 1).name()).isNotEqualTo(here);
  }

  @Test
  void orderingsAreMarkedByWhatWasScored() throws Exception {
    TableSpec table = table();
    TableSpec.Column cider = table.column("cider");
    TableSpec.Column shown = table.column("shown");
    SuiteRun one = runs().of(table.row("seeing"), 1);
    SuiteRun two = runs().of(table.row("seeing"), 2);
    SuiteRun blind = runs().of(table.row("blind"), 1);
    for (SuiteRun run : List.of(one, two, blind)) {
      finish(run, 2);
    }
    score(one, cider, 0.42, 0.05);
    score(two, cider, 0.38, 0.05);
    score(blind, cider, 0.10, 0.05);
    // Nearly as good as blind: more on one half of the images, less on the other.
    score(one, shown, 0.110, 0.12);
    score(two, shown, 0.106, 0.12);
    score(blind, shown, 0.10, -0.12);

    Results results = Results.of(runs(), table, 1000);
    Map<String, Results.Judged> found =
        results.claims().stream().collect(Collectors.toMap(c -> c.claim().say(), c -> c));
    assertThat(found.get("it sees").mark()).isEqualTo(Results.Mark.HOLDS_SIGNIFICANTLY);
    assertThat(found.get("it sees").difference().orElseThrow().value())
        .isCloseTo(0.30, within(1e-9));
    // One of four that were run: Holm multiplies the smallest p by four.
    assertThat(found.get("it sees").p()).isCloseTo(4 / 1001.0, within(1e-9));
    assertThat(found.get("a little more").mark()).isEqualTo(Results.Mark.HOLDS);
    assertThat(found.get("a little more").p()).isGreaterThan(Results.LEVEL);
    assertThat(found.get("the other way").mark()).isEqualTo(Results.Mark.FAILS);
    assertThat(found.get("as the blind").mark()).isEqualTo(Results.Mark.HOLDS);
    assertThat(found.get("not asked yet").mark()).isEqualTo(Results.Mark.NOT_YET_RUN);

    String text = new ResultsText(results, Published.read(runs().suite())).markdown();
    assertThat(text)
        .contains("other data, other backbones: COCO CIDEr")
        .contains("| 54.3 |")
        .contains("| 40.0 [")
        .contains("not yet run");
  }

  /** What each training starts from is measured once for each system, when it is there. */
  @Test
  void whatATrainingStartsFromIsMeasuredOnce() throws Exception {
    List<Step> before =
        Plan.of(runs(), List.of(table())).stream()
            .filter(step -> step.kind() == Step.Kind.BEFORE)
            .toList();
    assertThat(before).hasSize(3).allMatch(Step::open);
    assertThat(before.get(0).arguments()).endsWith("--before").doesNotContain("--out");
    SuiteRun run = runs().of(table().row("seeing"), 1);
    finish(run, 2);
    Files.writeString(run.folder().resolve("steps.jsonl"), "{\"step\": 1, \"loss\": 4.75}\n");
    Files.writeString(
        run.folder().resolve(SuiteRun.BEFORE),
        "{\"languageModelAloneNats\": 4.5, \"atStartNats\": 4.625}");
    assertThat(Plan.of(runs(), List.of(table())))
        .filteredOn(step -> step.kind() == Step.Kind.BEFORE && !step.open())
        .hasSize(1);
    assertThat(new ResultsPage(runs(), List.of(table())).markdown())
        .contains("| Seeing | tiny | 4.500 | 4.625 | 4.750 |")
        .contains("| Blind | tiny | not yet run | not yet run | not yet run |");
  }

  /** Tables that a reader of the screen can follow, verdicts in words, nothing from elsewhere. */
  @Test
  void thePageStandsAlone() throws Exception {
    TableSpec table = table();
    SuiteRun seeing = runs().of(table.row("seeing"), 1);
    SuiteRun blind = runs().of(table.row("blind"), 1);
    for (SuiteRun run : List.of(seeing, blind)) {
      finish(run, 2);
    }
    score(seeing, table.column("cider"), 0.42, 0.05);
    score(blind, table.column("cider"), 0.10, 0.05);
    String page = new ResultsHtml(runs(), List.of(table)).html();
    assertThat(page)
        .contains("<caption>Scores: A table</caption>")
        .contains("<th scope=\"row\">Seeing</th>")
        .contains("other data, other backbones: COCO CIDEr</th>")
        .contains("<td class=\"number published\">54.3</td>")
        .contains("<strong>42.0</strong><small>[")
        .contains("(1 of 2 seeds)</small>")
        .contains("\u2713\u2713 holds significantly")
        .contains("\u2717 fails")
        .contains("<dt>planned for the whole suite</dt><dd>1.00 h</dd>")
        .contains("<th scope=\"row\">Seeing</th><td class=\"number\">0.1</td>")
        .contains("<figcaption>A curve</figcaption><svg viewBox")
        .doesNotContain("http://", "https://", "<script", "src=");
    assertThat(page.split("<table>")).hasSameSizeAs(page.split("<caption>"));
    assertThat(page.split("<th>")).hasSize(1);
  }

  @Test
  void seedsThatAreNotThereYetAreSaid() throws Exception {
    TableSpec table = table();
    SuiteRun one = runs().of(table.row("seeing"), 1);
    finish(one, 2);
    score(one, table.column("cider"), 0.42, 0.05);
    Results results = Results.of(runs(), table, 100);
    assertThat(new ResultsText(results, Published.read(runs().suite())).rows().get(0))
        .anyMatch(cell -> cell.endsWith("(1 of 2 seeds)"));
    assertThat(Plan.hoursSpent(out)).isCloseTo(0.01, within(1e-9));
    // One thread of four processors: a fourth of the machine.
    ObjectNode node = (ObjectNode) one.record().orElseThrow();
    ObjectNode session = node.putArray("sessions").addObject().put("processors", 4);
    session.putObject("numerics").put("threads", 1);
    Files.writeString(one.folder().resolve("run.json"), node.toString());
    assertThat(Plan.hoursSpent(out)).isCloseTo(0.0025, within(1e-9));
  }

  @Test
  void mistakesAreToldWithKeyAndLine() throws Exception {
    Files.writeString(
        folder.resolve("tables/one.yaml"), TABLE.replace("system: blind,", "system: blond,"));
    assertThatThrownBy(this::table)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one.yaml, line 4: rows.1.system names blond, but there are seeing");
    Files.writeString(
        folder.resolve("tables/one.yaml"), TABLE.replace("worse: blind/shown}", "worse: blind/x}"));
    assertThatThrownBy(this::table)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("claims name the cell blind/x");
    Files.writeString(folder.resolve("suite.yaml"), SUITE.replace("hours: 1", "hour: 1"));
    assertThatThrownBy(() -> Suite.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 1: hour is not a known key");
    Files.writeString(folder.resolve("suite.yaml"), SUITE);
    assertThatThrownBy(() -> TableSpec.read(Suite.read(folder), "none"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there are one");
  }
}
