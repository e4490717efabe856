package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The scores of every run in one evaluation.
 *
 * @param name of the evaluation
 * @param title for people
 * @param runs the runs that have it, in the order of the report
 * @param notes what a reader should be told
 */
record ScoreTable(
    String name, String title, List<ReportedRun> runs, List<Row> rows, List<String> notes) {

  /**
   * One metric.
   *
   * @param variant how it is computed, empty where there is one way only
   * @param scores by the run's number; a run may lack it
   * @param differences the first run minus another one, by that one's number
   */
  record Row(
      String metric,
      String variant,
      Map<Integer, Score> scores,
      Map<Integer, Comparison> differences) {}

  /** The tables of all evaluations that the runs have, and behind them the means over sets. */
  static List<ScoreTable> withOverall(List<ReportedRun> runs) {
    List<ScoreTable> tables = new ArrayList<>(of(runs));
    tables.addAll(Overall.of(runs));
    return tables;
  }

  /** The tables of all evaluations that the runs have. */
  static List<ScoreTable> of(List<ReportedRun> runs) {
    Set<String> names = new LinkedHashSet<>();
    runs.forEach(run -> run.evaluations().forEach(record -> names.add(record.name())));
    return names.stream().map(name -> of(name, runs)).toList();
  }

  private static ScoreTable of(String name, List<ReportedRun> runs) {
    List<ReportedRun> having = runs.stream().filter(r -> r.evaluation(name).isPresent()).toList();
    Map<Integer, EvaluationRecord> records = new TreeMap<>();
    having.forEach(run -> records.put(run.number(), run.evaluation(name).orElseThrow()));
    Set<String> notes = new LinkedHashSet<>();
    Map<Integer, Map<String, Comparison>> compared = new TreeMap<>();
    for (ReportedRun other : having) {
      if (other.number() > 0 && records.containsKey(0)) {
        compared.put(other.number(), compare(runs.get(0), other, records, notes));
      }
    }
    ObjectNode first = having.get(0).evaluation(name).orElseThrow().scores();
    records.values().forEach(r -> r.scores().path("notes").forEach(n -> notes.add(n.asText())));
    List<Row> rows = new ArrayList<>();
    for (String metric : metrics(records)) {
      Map<Integer, Comparison> differences = new TreeMap<>();
      compared.forEach(
          (number, comparisons) ->
              Optional.ofNullable(comparisons.get(metric))
                  .ifPresent(comparison -> differences.put(number, comparison)));
      rows.add(new Row(metric, variant(metric, first), scores(metric, records), differences));
    }
    addDomains(rows, records);
    addAnswerTypes(rows, records);
    return new ScoreTable(name, title(first), having, rows, List.copyOf(notes));
  }

  private static Map<String, Comparison> compare(
      ReportedRun first,
      ReportedRun other,
      Map<Integer, EvaluationRecord> records,
      Set<String> notes) {
    Map<String, Comparison> comparisons = new LinkedHashMap<>();
    ObjectNode scores = records.get(0).scores();
    int resamples = scores.path("resamples").asInt(Interval.RESAMPLES);
    long seed = scores.path("bootstrapSeed").asLong(1);
    try {
      records
          .get(0)
          .compare(records.get(other.number()), seed, Math.max(1, resamples))
          .forEach(comparison -> comparisons.put(comparison.metric(), comparison));
    } catch (InputException e) {
      notes.add(
          Numbers.fill(
              "There is no difference between %s and %s: %s",
              first.label(), other.label(), e.getMessage()));
    }
    return comparisons;
  }

  private static Set<String> metrics(Map<Integer, EvaluationRecord> records) {
    Set<String> metrics = new LinkedHashSet<>();
    records
        .values()
        .forEach(r -> r.scores().path("corpus").fieldNames().forEachRemaining(metrics::add));
    return metrics;
  }

  private static Map<Integer, Score> scores(String metric, Map<Integer, EvaluationRecord> records) {
    Map<Integer, Score> scores = new TreeMap<>();
    records.forEach(
        (number, record) -> {
          JsonNode value = record.scores().path("corpus").path(metric);
          if (value.isNumber()) {
            scores.put(
                number, Score.of(value.asDouble(), record.scores().path("intervals").path(metric)));
          }
        });
    return scores;
  }

  private static String variant(String metric, ObjectNode scores) {
    JsonNode variants = scores.path("variants");
    JsonNode own = variants.path(metric);
    // BLEU-1 to BLEU-4 share an entry.
    return own.isMissingNode()
        ? variants.path(metric.replaceAll("-\\d$", "")).asText()
        : own.asText();
  }

  /** The metrics of nocaps' tables in each domain. */
  private static void addDomains(List<Row> rows, Map<Integer, EvaluationRecord> records) {
    Map<String, Map<Integer, Score>> byDomain = new LinkedHashMap<>();
    records.forEach(
        (number, record) ->
            record
                .scores()
                .path("byDomain")
                .properties()
                .forEach(
                    domain -> {
                      JsonNode own = domain.getValue();
                      for (String metric : List.of("CIDEr", "SPICE")) {
                        JsonNode value = own.path("corpus").path(metric);
                        if (value.isNumber()) {
                          byDomain
                              .computeIfAbsent(
                                  metric + ", " + domain.getKey(), key -> new TreeMap<>())
                              .put(
                                  number,
                                  Score.of(value.asDouble(), own.path("intervals").path(metric)));
                        }
                      }
                    }));
    byDomain.forEach((name, scores) -> rows.add(new Row(name, "", scores, Map.of())));
  }

  private static void addAnswerTypes(List<Row> rows, Map<Integer, EvaluationRecord> records) {
    Map<String, Map<Integer, Score>> byType = new TreeMap<>();
    records.forEach(
        (number, record) ->
            record
                .scores()
                .path("byAnswerType")
                .properties()
                .forEach(
                    field -> {
                      double value = field.getValue().asDouble();
                      byType
                          .computeIfAbsent(field.getKey(), type -> new TreeMap<>())
                          .put(number, new Score(value, Double.NaN, Double.NaN));
                    }));
    byType.forEach(
        (type, scores) ->
            rows.add(
                new Row(
                    "answers of type " + (type.isEmpty() ? "unknown" : type),
                    "",
                    scores,
                    Map.of())));
  }

  private static String title(ObjectNode scores) {
    String task =
        switch (scores.path("task").asText()) {
          case "captions" -> "Captions";
          case "answer-sets" -> "Answers that are sets";
          default -> "Answers";
        };
    int shots = scores.path("shots").asInt();
    return Numbers.fill(
        "%s on %s, %s split%s%s%s",
        task,
        scores.path("dataset").asText("unnamed data"),
        scores.path("split").asText("unnamed"),
        shots > 0 ? ", " + Numbers.count(shots, "shot") : "",
        scores.has("weights") ? ", weights " + scores.path("weights").asText() : "",
        scores.has("photos") ? ", photos " + scores.path("photos").asText() : "");
  }

  /** The metric to name first: CIDEr for captions, otherwise the first one. */
  Optional<Row> headline() {
    return rows.stream()
        .filter(row -> row.metric().equals("CIDEr"))
        .findFirst()
        .or(() -> rows.stream().findFirst());
  }

  private ObjectNode firstScores() {
    return runs.get(0).evaluation(name).orElseThrow().scores();
  }

  /** What the first run was asked about, such as {@code 1,900 questions on 400 images}. */
  String counted() {
    ObjectNode scores = firstScores();
    String images = Numbers.count(scores.path("images").asLong(), "image");
    return scores.path("task").asText().equals("captions")
        ? images
        : Numbers.count(scores.path("items").asLong(), "question") + " on " + images;
  }

  /** How the first run was asked, such as {@code 400 images, 5 beams, at most 50 new tokens}. */
  String asked() {
    if (runs.get(0).evaluation(name).isEmpty()) {
      return "the plain mean over sets, without an interval";
    }
    List<String> parts = new ArrayList<>(List.of(counted()));
    JsonNode decoding = firstScores().path("decoding");
    if (decoding.has("beams")) {
      parts.add(
          decoding.path("beams").asInt() == 1
              ? "greedy decoding"
              : "beam search with " + decoding.path("beams").asInt() + " beams");
      parts.add("at most " + decoding.path("maxNewTokens").asInt() + " new tokens");
    }
    return String.join(", ", parts);
  }
}
