package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.EmbeddedConnector;
import io.lorgnette.pocket.EmbeddedLanguage;
import io.lorgnette.report.Numbers;
import io.lorgnette.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every score that README and the model cards print is that of a record of the shipped weights. */
class RecordedScoresTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DOCS = Path.of("..", "docs");
  private static final String DIFFERENCES = "differences.json";
  private static final Path RECORDS = DOCS.resolve("results/pocket");
  private static final String ANEW =
      "run: lorgnette pocket --data DATA --meteor-data METEOR --spice --write docs --threads 1";

  /** Tables of scores by the beginning of their head: folder and name of the evaluation. */
  private static final Map<String, List<String>> TABLES =
      Map.of(
          "Flickr8k dev", List.of("captions", "flickr8k-val-captions"),
          "VQA v2 dev", List.of("answers", "vqav2-val-answers"));

  private static final Pattern SCORE =
      Pattern.compile("[+-]?\\d+\\.\\d \\[-?\\d+\\.\\d, -?\\d+\\.\\d]");

  private static JsonNode record(String file) throws IOException {
    return JSON.readTree(RECORDS.resolve(file).toFile());
  }

  private static String text(double value, double low, double high) {
    return plain(Numbers.percent(value) + " " + Numbers.interval(low, high));
  }

  /** As a keyboard writes it. */
  private static String plain(String number) {
    return number.replace('\u2212', '-');
  }

  private static String score(JsonNode evaluation, String metric) {
    JsonNode ends = evaluation.path("intervals").path(metric);
    return text(
        evaluation.path("corpus").path(metric).asDouble(),
        ends.path(0).asDouble(),
        ends.path(1).asDouble());
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|")).skip(1).map(String::strip).toList();
  }

  /** Which evaluations a row is about, told by its words. */
  private static List<String> evaluations(String name, String row) {
    if (row.contains("exchanged")) {
      return List.of(name + "-shuffled");
    }
    return row.contains("4 and 8") ? List.of(name + "-4-shot", name + "-8-shot") : List.of(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/pocket.md"})
  void everyCellOfATableOfScoresIsThatOfItsRecord(String page) throws Exception {
    List<String> lines = Files.readAllLines(Path.of("..").resolve(page));
    int checked = 0;
    for (int i = 0; i < lines.size(); i++) {
      List<String> head = cells(lines.get(i));
      List<String> table =
          TABLES.entrySet().stream()
              .filter(e -> !head.isEmpty() && head.get(0).startsWith(e.getKey()))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse(List.of());
      for (int row = i + 2; !table.isEmpty() && lines.get(row).startsWith("|"); row++) {
        List<String> found = cells(lines.get(row));
        List<String> names = evaluations(table.get(1), found.get(0));
        for (int column = 1; column < head.size(); column++) {
          String metric = head.get(column).replaceAll(" \\(.*", "");
          List<String> expected = new ArrayList<>();
          for (String name : names) {
            JsonNode own = record(table.get(0) + "/evaluations/" + name + ".json");
            assertThat(own.path("corpus").has(metric)).as(name + " " + metric).isTrue();
            assertThat(head.get(0))
                .contains(Numbers.whole(own.path("images").asLong()) + " photos");
            expected.add(score(own, metric));
          }
          assertThat(found.get(column))
              .as("%s, %s, %s; after new weights %s", page, found.get(0), metric, ANEW)
              .isEqualTo(String.join(", ", expected));
          checked++;
        }
      }
    }
    assertThat(checked).isPositive();
  }

  /** All that records hold, in the form in which pages print it. */
  private static Set<String> recorded() throws IOException {
    Set<String> all = new HashSet<>();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(RECORDS)) {
      files = walk.filter(file -> file.toString().endsWith(".json")).toList();
    }
    for (Path file : files) {
      JsonNode node = JSON.readTree(file.toFile());
      node.path("corpus").fieldNames().forEachRemaining(metric -> all.add(score(node, metric)));
      JsonNode types = node.path("byAnswerTypeIntervals");
      types
          .fieldNames()
          .forEachRemaining(
              type ->
                  all.add(
                      text(
                          node.path("byAnswerType").path(type).asDouble(),
                          types.path(type).path(0).asDouble(),
                          types.path(type).path(1).asDouble())));
      for (String kind : List.of("textRecall", "imageRecall")) {
        node.path(kind).forEach(r -> all.add(text(at(r, "value"), at(r, "low"), at(r, "high"))));
      }
      boolean differences = file.endsWith("photos-exchanged.json") || file.endsWith(DIFFERENCES);
      for (JsonNode one : differences ? node : JSON.createArrayNode()) {
        all.add(difference(one));
      }
    }
    return all;
  }

  private static String difference(JsonNode one) {
    String value = Numbers.signedPercent(at(one, "difference"));
    return plain(value + " " + Numbers.interval(at(one, "low"), at(one, "high")));
  }

  /** A row for each system, one for their difference; a column for all questions, then types. */
  @Test
  void theTableOfTheFoldsIsThatOfItsRecords() throws Exception {
    List<String> lines = Files.readAllLines(DOCS.resolve("pocket.md"));
    List<List<String>> rows =
        lines.stream()
            .dropWhile(line -> !line.startsWith("| VQA v2 train and dev"))
            .takeWhile(line -> line.startsWith("|"))
            .map(RecordedScoresTest::cells)
            .toList();
    assertThat(rows).hasSize(5);
    List<String> head = rows.get(0);
    JsonNode differences = record("folds/mapl/" + DIFFERENCES);
    for (List<String> row : rows.subList(2, rows.size())) {
      List<String> expected = new ArrayList<>(List.of(row.get(0)));
      for (String type : head.subList(1, head.size())) {
        if (row.get(0).contains("difference")) {
          expected.add(difference(ofType(differences, type)));
        } else {
          String system = row.get(0).contains("blind") ? "mapl-blind" : "mapl";
          JsonNode own = record("folds/" + system + "/evaluations/vqav2-answers-5-folds.json");
          assertThat(head.get(0))
              .contains(Numbers.whole(own.path("items").asLong()) + " questions")
              .contains(Numbers.whole(own.path("images").asLong()) + " photos");
          JsonNode ends = own.path("byAnswerTypeIntervals").path(type);
          expected.add(
              type.startsWith("all")
                  ? score(own, "VQA accuracy")
                  : text(
                      own.path("byAnswerType").path(type).asDouble(),
                      ends.path(0).asDouble(),
                      ends.path(1).asDouble()));
        }
      }
      assertThat(row).isEqualTo(expected);
    }
  }

  private static JsonNode ofType(JsonNode differences, String type) {
    for (JsonNode one : differences) {
      if (one.path("answerType").asText("all").equals(type)) {
        return one;
      }
    }
    throw new AssertionError("no difference is recorded for " + type);
  }

  private static double at(JsonNode node, String key) {
    return node.path(key).asDouble();
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/pocket.md"})
  void everyScoreWithAnIntervalHasARecord(String page) throws Exception {
    String text = plain(Files.readString(Path.of("..").resolve(page)));
    String tables = Files.readString(DOCS.resolve("results.md"));
    Set<String> recorded = recorded();
    List<String> found = SCORE.matcher(text).results().map(MatchResult::group).toList();
    assertThat(found).isNotEmpty();
    assertThat(found)
        .filteredOn(score -> !recorded.contains(score) && !tables.contains(score))
        .isEmpty();
  }

  @Test
  void theReportThatShipsIsOfTheRecords() throws Exception {
    String page = Files.readString(DOCS.resolve("pocket-report.html"));
    Set<String> recorded = recorded();
    List<String> found =
        Pattern.compile("<strong>([^<]*)</strong><small>(\\[[^<]*])</small>")
            .matcher(page)
            .results()
            .map(one -> plain(one.group(1) + " " + one.group(2)))
            .toList();
    assertThat(found).hasSizeGreaterThan(10).allMatch(recorded::contains, ANEW);
    String photos = page.substring(page.indexOf("id=\"photos\""));
    assertThat(photos.split("<tr><th scope=\"row\">")).hasSize(1 + 24);
    assertThat(photos).doesNotContain("<img");
  }

  @ParameterizedTest
  @EnumSource(EmbeddedConnector.class)
  void recordsAreOfTheWeightsThatShip(EmbeddedConnector connector) throws Exception {
    String folder = connector.title().replaceFirst("^pocket-", "");
    try (Checkpoint file = Checkpoint.open(connector.path())) {
      JsonNode run = record(folder + "/run.json");
      assertThat(run.path("connector").path("sha256").asText()).as(ANEW).isEqualTo(file.sha256());
    }
  }

  /** Held-out perplexities, a column from each record. */
  @ParameterizedTest
  @CsvSource({
    "POCKET, pocket-lm, lm, lm-first",
    "PLAIN, pocket-lm-plain, lm-plain, lm",
    "SEQ2SEQ, pocket-seq2seq, seq2seq, "
  })
  void perplexitiesAreThoseOfTheRecords(
      EmbeddedLanguage model, String heading, String own, String beside) throws Exception {
    JsonNode result = record(own + "/run.json").path("result");
    try (Checkpoint file = Checkpoint.open(model.folder().resolve("model.safetensors"))) {
      assertThat(result.path("modelSha256").asText()).isEqualTo(file.sha256());
    }
    String page = Files.readString(DOCS.resolve("pocket.md"));
    List<String> rows =
        page.substring(page.indexOf("## " + heading + "\n"))
            .lines()
            .dropWhile(line -> !line.startsWith("|---"))
            .skip(1)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(rows).hasSizeGreaterThan(1);
    for (String row : rows) {
      List<String> cells = cells(row);
      List<String> expected = new ArrayList<>(List.of(cells.get(0)));
      for (String folder : beside == null ? List.of(own) : List.of(own, beside)) {
        JsonNode recorded = record(folder + "/run.json").at("/result/validationPerplexity");
        expected.add(Numbers.fixed(at(recorded, cells.get(0).replaceFirst(" .*", "")), 1));
      }
      assertThat(cells).isEqualTo(expected);
    }
  }
}
