package io.lorgnette.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.metrics.Interval;
import io.lorgnette.report.Numbers;
import io.lorgnette.report.SweepChart;
import io.lorgnette.train.RunFolder;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a page of results says, whatever it is written in: sentences, and tables as heads and rows
 * of cells.
 */
final class PageParts {

  static final String READING =
      "Scores are percent with 95 % bootstrap intervals: images are drawn, all questions of an image together, and seeds where there are"
          + " several. Published values are of other data and other backbones; only orderings are compared. An ordering holds"
          + " significantly where its one-sided p value, corrected by Holm among the orderings of its table that were run, is below 0.05."
          + " Photos exchanged: each image's photo is another's.";

  static final String RATES =
      "Held-out loss after a short run, in nats a token; the smallest decides.";

  static final String BEFORE =
      "Nats a token of held-out captions before anything is learned: of the language model alone, behind the one token that begins a text;"
          + " of the system as its training starts; and of its first step, on captions that are learned, with dropout. What stands"
          + " in the place of that token is first noise, which does not say that a text begins: a system starts above the language model alone"
          + " (decision 162).";

  static final String RUNS =
      "The initial loss is that of the first step, before which nothing was learned.";

  static final List<String> LANGUAGE_HEAD = List.of("language model", "text");
  static final List<String> RATE_HEAD = List.of("system", "rate", "loss", "");
  static final List<String> BEFORE_HEAD =
      List.of("system", "language model", "language model alone", "at the start", "first step");
  static final List<String> RUN_HEAD =
      List.of("run", "rate", "steps", "trained", "initial loss", "held-out loss", "at step", "min");

  private static final String DASH = "\u2013";
  private static final String TO_DO = "not yet run";
  private static final int DECIMALS = 3;

  private final Runs runs;
  private final List<TableSpec> tables;
  private List<Results> results; // null until they are asked for
  private final Published published;

  /** Of some tables. */
  PageParts(Runs runs, List<TableSpec> tables) {
    this.runs = runs;
    this.tables = List.copyOf(tables);
    this.published = Published.read(runs.suite());
  }

  /**
   * The tables' cells, with their intervals.
   *
   * @throws io.lorgnette.error.InputException if a run is broken
   */
  List<Results> results() {
    if (results == null) {
      results = tables.stream().map(table -> Results.of(runs, table, Interval.RESAMPLES)).toList();
    }
    return results;
  }

  ResultsText text(Results result) {
    return new ResultsText(result, published);
  }

  Published published() {
    return published;
  }

  double hours() {
    return runs.suite().hours();
  }

  double hoursSpent() {
    return Plan.hoursSpent(runs.out());
  }

  double hoursLeft() {
    return Plan.hoursLeft(Plan.of(runs, tables), runs.out());
  }

  /** The runs that have ended. */
  List<SuiteRun> ended() {
    return all().values().stream()
        .filter(run -> run.record().isPresent() && run.state() == SuiteRun.State.DONE)
        .toList();
  }

  /** On what the first run was made. */
  Optional<String> machine() {
    return all().values().stream()
        .map(SuiteRun::record)
        .flatMap(Optional::stream)
        .map(run -> run.path("sessions").path(0))
        .findFirst()
        .map(
            s ->
                s.path("processors").asText()
                    + " processors ("
                    + s.path("processor").asText()
                    + ", "
                    + s.path("numerics").path("format").asText()
                    + ")");
  }

  /** A curve through the cells that are scored; empty before there are two. */
  static Optional<SweepChart> chart(Results results, TableSpec.Curve curve) {
    TableSpec.Column column = results.table().column(curve.column());
    List<SweepChart.Point> points = new ArrayList<>();
    for (TableSpec.Point point : curve.points()) {
      results
          .cell(results.table().row(point.row()), column)
          .interval()
          .ifPresent(
              i -> points.add(new SweepChart.Point(point.at(), i.value(), i.low(), i.high())));
    }
    return points.size() < 2
        ? Optional.empty()
        : Optional.of(
            new SweepChart(
                curve.title(), curve.axis(), column.title(), curve.logarithmic(), points));
  }

  List<List<String>> languages() {
    return runs.suite().languages().stream().map(l -> List.of(l.name(), l.read())).toList();
  }

  List<List<String>> rates() {
    List<List<String>> rows = new ArrayList<>();
    for (Suite.SystemSpec system : runs.suite().systems()) {
      List<SuiteRun> trials = runs.trials(system);
      Optional<Double> chosen = runs.chosen(system);
      for (int i = 0; i < trials.size(); i++) {
        SuiteRun trial = trials.get(i);
        double rate = system.rates().get(i);
        rows.add(
            List.of(
                system.title(),
                plain(rate),
                trial.heldOutLoss().map(loss -> Numbers.fixed(loss, 4)).orElse(words(trial)),
                chosen.filter(c -> c == rate).isPresent() ? "chosen" : ""));
      }
    }
    return rows;
  }

  /** Without an exponent. */
  private static String plain(double rate) {
    return BigDecimal.valueOf(rate).stripTrailingZeros().toPlainString();
  }

  private static String words(SuiteRun run) {
    return run.state() == SuiteRun.State.FAILED ? "failed" : TO_DO;
  }

  /** What trainings start from, a row for each system with each language model. */
  List<List<String>> before() {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      for (TableSpec.Row row : table.rows()) {
        if (runs.measuresBefore(row)) {
          SuiteRun run = runs.of(row, 1);
          rows.put(run.name(), before(row, run));
        }
      }
    }
    return List.copyOf(rows.values());
  }

  private static List<String> before(TableSpec.Row row, SuiteRun run) {
    return List.of(
        row.system().title(),
        row.languageName(),
        measured(run, "languageModelAloneNats"),
        measured(run, "atStartNats"),
        run.firstLoss().map(loss -> Numbers.fixed(loss, DECIMALS)).orElse(TO_DO));
  }

  private static String measured(SuiteRun run, String key) {
    return run.before()
        .map(before -> Numbers.fixed(before.path(key).asDouble(), DECIMALS))
        .orElse(TO_DO);
  }

  /** The runs that were worked on. */
  List<List<String>> list() {
    List<List<String>> rows = new ArrayList<>();
    for (SuiteRun run : all().values()) {
      run.record().filter(r -> r.path("result").has("end")).ifPresent(r -> rows.add(row(run, r)));
    }
    return rows;
  }

  private static List<String> row(SuiteRun run, JsonNode record) {
    JsonNode result = record.path("result");
    double seconds =
        RunFolder.open(run.folder()).steps().stream()
            .mapToDouble(step -> step.path("seconds").asDouble())
            .sum();
    return List.of(
        run.name(),
        run.rate().map(rate -> plain(Double.parseDouble(rate))).orElse(DASH),
        Numbers.whole(result.path("step").asLong()),
        Numbers.whole(result.path("trainedParameters").asLong()),
        run.firstLoss().map(loss -> Numbers.fixed(loss, DECIMALS)).orElse(DASH),
        result.has("validationLossNats")
            ? Numbers.fixed(result.path("validationLossNats").asDouble(), DECIMALS)
            : DASH,
        result.has("bestStep") ? Numbers.whole(result.path("bestStep").asLong()) : DASH,
        Numbers.fixed(seconds / 60, 1));
  }

  /** Every run that the tables stand on, by name, trials first. */
  private Map<String, SuiteRun> all() {
    Map<String, SuiteRun> all = new LinkedHashMap<>();
    for (Suite.SystemSpec system : runs.suite().systems()) {
      runs.trials(system).forEach(run -> all.put(run.name(), run));
    }
    for (TableSpec table : tables) {
      for (TableSpec.Row row : table.rows()) {
        runs.start(row).ifPresent(run -> all.put(run.name(), run));
        for (int seed = 1; seed <= row.seeds(); seed++) {
          SuiteRun run = runs.of(row, seed);
          for (TableSpec.Column column : table.columns()) {
            SuiteRun asked = run.asked(column);
            if (row.asks(column) && Files.exists(asked.folder())) {
              all.put(asked.name(), asked);
            }
          }
        }
      }
    }
    return all;
  }
}
