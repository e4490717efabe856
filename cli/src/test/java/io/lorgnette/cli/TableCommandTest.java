package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.suite.Plan;
import io.lorgnette.suite.Runs;
import io.lorgnette.suite.Step;
import io.lorgnette.suite.Suite;
import io.lorgnette.suite.TableSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A suite of two systems on six postcards that the test draws: stopped, gone on with, reused. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TableCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> CAPTIONS =
      List.of(
          "A house in the snow.",
          "Two boats on a lake.",
          "The dog sleeps under a tree.",
          "Red balloons over the town.",
          "Many people walk on the beach.",
          "Some horses run.");

  private static final String RECIPE =
      """
      method: %s
      mapper: {width: 32, heads: 2, layers: 1, feed_forward: 64, prefix_length: 4, dropout: 0}
      data:
        train: [{kind: jsonl, split: train, file: all.jsonl, images: [train]}]
        validation: [{kind: jsonl, split: train, file: all.jsonl, images: [train]}]
        together: 1
      train:
        steps: 60
        batch: 6
        learning_rate: 0.01
        warmup_steps: 2
        weight_decay: 0
        evaluate_every: 0
        checkpoint_every: 20
      """;

  private static final String SUITE =
      """
      hours: 0.1
      trials: {source: cards, language: pocket, set: [train.steps=2]}
      languages: [{name: pocket, model: pocket, read: captions}]
      sources: [{name: cards, title: six cards, set: []}]
      systems:
        - {name: mapl, title: MAPL, recipe: mapl.yaml, rates: [0.0000001, 0.01]}
        - {name: blind, title: MAPL-blind, recipe: blind.yaml}
      """;

  private static final String TABLE =
      """
      title: Six cards
      rows:
        - {id: mapl, system: mapl, source: cards, language: pocket}
        - {id: blind, system: blind, source: cards, language: pocket}
      columns:
        - {id: cider, title: CIDEr, on: nocaps, metric: CIDEr}
        - {id: other, title: "CIDEr, photos exchanged", on: nocaps, metric: CIDEr, shuffled: true}
      claims:
        - {say: it sees, better: mapl/cider, worse: mapl/other}
      """;

  @TempDir static Path folder;
  private static Path root;

  @BeforeAll
  static void write() throws Exception {
    root = Postcards.writeTo(folder, new Postcards.Sizes(6, 0, 0), 5, (done, all) -> {});
    StringBuilder lines = new StringBuilder();
    StringBuilder images = new StringBuilder();
    StringBuilder captions = new StringBuilder();
    List<Path> pictures;
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      pictures = files.sorted().toList();
    }
    for (int i = 0; i < pictures.size(); i++) {
      String name = pictures.get(i).getFileName().toString();
      Path copy = root.resolve("nocaps/images").resolve(name);
      Files.createDirectories(copy.getParent());
      Files.copy(pictures.get(i), copy);
      lines.append(
          "{\"image\": \"%s\", \"captions\": [\"%s\"]}\n".formatted(name, CAPTIONS.get(i)));
      images.append(", {\"id\": %d, \"file_name\": \"%s\"}".formatted(10 + i, name));
      captions.append(
          ", {\"id\": %d, \"image_id\": %d, \"caption\": \"%s\"}"
              .formatted(i, 10 + i, CAPTIONS.get(i)));
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
    Files.writeString(
        root.resolve("nocaps/nocaps_val_4500_captions.json"),
        "{\"images\": [%s], \"annotations\": [%s]}"
            .formatted(images.substring(2), captions.substring(2)));
    Path suite = Files.createDirectories(folder.resolve("suite/tables")).getParent();
    Files.writeString(suite.resolve("suite.yaml"), SUITE);
    Files.writeString(suite.resolve("tables/six.yaml"), TABLE);
    Files.writeString(suite.resolve("mapl.yaml"), RECIPE.formatted("mapl"));
    Files.writeString(suite.resolve("blind.yaml"), RECIPE.formatted("mapl-blind"));
  }

  private static Cli table(Object... more) {
    Object[] command = {
      "table", "six", "--suite", folder.resolve("suite"), "--out", runs(), "--data", root
    };
    return Cli.run(Stream.concat(Stream.of(command), Stream.of(more)).toArray());
  }

  private static Path runs() {
    return folder.resolve("runs");
  }

  private static Path run(String name) throws Exception {
    try (Stream<Path> folders = Files.list(runs())) {
      return folders
          .filter(path -> path.getFileName().toString().startsWith(name + ".cards.pocket.1."))
          .findFirst()
          .orElseThrow();
    }
  }

  private static JsonNode json(Cli cli) throws Exception {
    assertThat(cli.code()).as(cli.err()).isZero();
    return JSON.readTree(cli.out());
  }

  @Test
  @Order(1)
  void aPlanRunsNothing() throws Exception {
    JsonNode plan = json(table("--plan", "--json"));
    assertThat(plan.path("steps")).hasSize(10);
    assertThat(plan.path("steps").findValuesAsText("state")).containsOnly("to do");
    assertThat(plan.path("hoursLeft").asDouble()).isPositive();
    assertThat(runs()).doesNotExist();
    JsonNode shown = json(table("--show", "--json")).get(0);
    assertThat(shown.findValuesAsText("mark")).containsExactly("not-yet-run");
    assertThat(runs()).doesNotExist();
  }

  /** As by Ctrl-C, in the middle of the first training that is more than a trial. */
  @Test
  @Order(3)
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSignalStopsItWithACheckpoint() throws Exception {
    Cli cli = terminated("mapl.", 3);
    assertThat(cli.code()).as(cli.err()).isEqualTo(130);
    assertThat(cli.err()).contains("lorgnette table six");
    assertThat(JSON.readTree(run("mapl").resolve("run.json").toFile()).path("result").path("end"))
        .hasToString("\"stopped\"");
    JsonNode plan = json(table("--plan", "--json"));
    assertThat(plan.path("steps").findValuesAsText("state"))
        .startsWith("done", "done", "started", "to do");
  }

  /** The training has nothing left to stop: the table has. */
  @Test
  @Order(2)
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSignalBehindATrainingsLastStepStopsTheTable() throws Exception {
    Cli cli = terminated("trial.mapl.", 2);
    assertThat(cli.code()).as(cli.err()).isEqualTo(130);
    JsonNode plan = json(table("--plan", "--json"));
    assertThat(plan.path("steps").findValuesAsText("state")).containsOnlyOnce("done");
    assertThat(plan.path("steps").findValuesAsText("state")).doesNotContain("started", "failed");
  }

  /** The table, asked to end when a run has taken so many steps. */
  private static Cli terminated(String run, int steps) throws Exception {
    Thread killer =
        new Thread(
            () -> {
              try {
                while (steps(run) < steps) {
                  Thread.sleep(1);
                }
                String self = Long.toString(ProcessHandle.current().pid());
                new ProcessBuilder("kill", "-TERM", self).start().waitFor();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    killer.start();
    Cli cli = table("--format", "f32", "--threads", "1");
    killer.join();
    return cli;
  }

  private static long steps(String run) throws Exception {
    if (!Files.isDirectory(runs())) {
      return 0;
    }
    try (Stream<Path> folders = Files.list(runs())) {
      for (Path one : folders.filter(p -> p.getFileName().toString().startsWith(run)).toList()) {
        Path steps = one.resolve("steps.jsonl");
        return Files.exists(steps) ? Files.readAllLines(steps).size() : 0;
      }
    }
    return 0;
  }

  /** What another process is at is left to it, and waited for; the rest is done meanwhile. */
  @Test
  @Order(4)
  void itGoesOnToTheEndBesideAnother() throws Exception {
    String taken = Step.ready(plan()).get(0).run();
    String next =
        Step.ready(plan()).stream()
            .map(Step::run)
            .filter(run -> !run.equals(taken))
            .findFirst()
            .orElseThrow();
    long before = steps(taken);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<Cli> running;
    try (FolderLock other = FolderLock.ofPart(runs(), taken).orElseThrow()) {
      // Format and threads are those of the runs that are there.
      running = thread.submit(() -> table("--json"));
      while (plan().stream().anyMatch(s -> s.run().equals(next) && s.open()) && !running.isDone()) {
        Thread.sleep(20);
      }
      assertThat(running).isNotDone();
      assertThat(steps(taken)).isEqualTo(before);
      assertThat(table("--plan").code()).isZero();
      assertThat(table("--show").code()).isZero();
    }
    Cli cli = running.get();
    thread.shutdown();
    assertThat(cli.err()).contains("Waiting for steps of another process");
    JsonNode table = json(cli).get(0);
    assertThat(cli.err()).doesNotContain("failed");
    assertThat(table.findValuesAsText("state")).containsOnly("scored");
    JsonNode cells = table.path("rows").get(0).path("cells");
    // It has learned six cards by heart, so other photos bring other cards' captions.
    assertThat(cells.path("cider").path("value").asDouble())
        .isGreaterThan(1 + cells.path("other").path("value").asDouble());
    JsonNode blind = table.path("rows").get(1).path("cells");
    assertThat(blind.path("cider").path("value").asDouble())
        .isEqualTo(blind.path("other").path("value").asDouble());
    assertThat(table.path("orderings").get(0).path("mark").asText())
        .isEqualTo("holds-significantly");
    // Of the two rates the one with which something is learned in two steps.
    assertThat(Files.readString(run("mapl").resolve("recipe.yaml")))
        .contains("learning_rate: 0.01");
    JsonNode record = JSON.readTree(run("mapl").resolve("run.json").toFile());
    if (OS.LINUX.isCurrentOs() || OS.MAC.isCurrentOs()) {
      assertThat(record.path("sessions")).hasSize(2);
    }
  }

  private static List<Step> plan() {
    Suite suite = Suite.read(folder.resolve("suite"));
    return Plan.of(new Runs(suite, runs()), List.of(TableSpec.read(suite, "six")));
  }

  @Test
  @Order(5)
  void finishedRunsAreUsedAgain() throws Exception {
    Path file = run("blind").resolve("run.json");
    FileTime before = Files.getLastModifiedTime(file);
    Cli again = table();
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).doesNotContain("Step ");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
    assertThat(again.out()).contains("| it sees | holds significantly |");
    Cli csv = table("--show", "--as", "csv");
    assertThat(csv.out().lines())
        .hasSize(5)
        .anyMatch(line -> line.startsWith("six,mapl,six cards"));
    Cli html = table("--show", "--as", "html");
    assertThat(html.out()).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
  }

  /** The records alone, without weights, captions of the data or paths, give the page again. */
  @Test
  @Order(6)
  void recordsGiveThePageAgain() throws Exception {
    Path docs = folder.resolve("docs");
    Cli first = table("--show", "--write", docs);
    assertThat(first.code()).as(first.err()).isZero();
    String page = Files.readString(docs.resolve("results.md"));
    assertThat(page)
        .contains("Budget: 0.1 hours planned")
        .contains("| it sees | holds significantly |")
        .contains("| MAPL | 0.01 |")
        .containsPattern(
            "\\| MAPL-blind \\| pocket \\| \\d\\.\\d{3} \\| \\d\\.\\d{3} \\| \\d\\.\\d{3} \\|")
        .contains("| mapl.cards.pocket.1.");
    Path records = docs.resolve("results/runs");
    try (Stream<Path> files = Files.walk(records)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        assertThat(name).matches("(recipe\\.yaml|.*\\.jsonl?)");
        String text = Files.readString(file);
        assertThat(text).as(name).doesNotContain(folder.toString());
        if (!file.getParent().getFileName().toString().equals("predictions")) {
          assertThat(text).as(name).doesNotContain(CAPTIONS.get(0));
        }
      }
    }
    Path again = folder.resolve("again");
    Cli second =
        Cli.run(
            "table",
            "six",
            "--suite",
            folder.resolve("suite"),
            "--out",
            records,
            "--show",
            "--write",
            again);
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(Files.readString(again.resolve("results.md"))).isEqualTo(page);
  }

  @Test
  @Order(7)
  void wrongUseIsTold() {
    Cli none = Cli.run("table", "--suite", folder.resolve("suite"));
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("no table is named; give --all or some of six");
    Cli unknown = Cli.run("table", "seven", "--suite", folder.resolve("suite"));
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("there is no table seven; there are six");
    Cli time = table("--minutes", "0");
    assertThat(time.code()).isEqualTo(2);
    assertThat(time.err()).contains("--minutes must be above 0");
  }

  /**
   * As on another machine, with what a clone has: the scores hold, and more needs weights again.
   */
  @Test
  @Order(7)
  void recordsAloneAreAskedNothingNew() throws Exception {
    Path blind = run("blind");
    Files.delete(blind.resolve("connector.safetensors"));
    assertThat(table().err()).doesNotContain("Step ");
    List<Path> scores;
    try (Stream<Path> files = Files.list(blind.resolve("evaluations"))) {
      scores = files.sorted().toList();
    }
    Files.delete(scores.get(0));
    Cli again = table();
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).contains("Only its records were here");
    assertThat(scores.get(0)).exists();
    assertThat(blind.resolve("connector.safetensors")).exists();
    assertThat(runs().resolve(".replaced").resolve(blind.getFileName()).resolve("run.json"))
        .exists();
  }
}
