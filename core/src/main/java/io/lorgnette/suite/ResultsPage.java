package io.lorgnette.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.metrics.Interval;
import io.lorgnette.report.Cells;
import io.lorgnette.report.Numbers;
import io.lorgnette.report.SweepChart;
import io.lorgnette.train.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The page of a suite's results, {@code results.md}, generated from run folders: budget, commands,
 * tables with their curves, learning rates, runs, and what text the language models have read.
 */
public final class ResultsPage {

  private static final String DASH = "\u2013";
  private static final String FOLDER = "results";
  private static final String RUNS = "runs";

  private final Runs runs;
  private final List<TableSpec> tables;
  private final List<Results> results;

  /**
   * A page of some tables.
   *
   * @throws io.lorgnette.error.InputException if a run is broken
   */
  public ResultsPage(Runs runs, List<TableSpec> tables) {
    this.runs = runs;
    this.tables = List.copyOf(tables);
    this.results =
        tables.stream().map(table -> Results.of(runs, table, Interval.RESAMPLES)).toList();
  }

  /**
   * Writes {@code results.md}, the curves in {@code results/} and the records of the runs that have
   * ended in {@code results/runs/}, from which the page can be made again with {@code --out}.
   *
   * @param docs folder
   */
  public void write(Path docs) {
    Path records = docs.resolve(FOLDER).resolve(RUNS);
    boolean own =
        records.toAbsolutePath().normalize().equals(runs.out().toAbsolutePath().normalize());
    if (!own) {
      all().values().stream()
          .filter(run -> run.record().isPresent() && run.state() == SuiteRun.State.DONE)
          .forEach(run -> RunRecords.write(run.folder(), records));
    }
    PageFiles.write(docs.resolve("results.md"), markdown());
    for (Results result : results) {
      for (TableSpec.Curve curve : result.table().curves()) {
        chart(result, curve)
            .ifPresent(
                chart -> PageFiles.write(docs.resolve(FOLDER).resolve(file(curve)), chart.svg()));
      }
    }
  }

  private static String file(TableSpec.Curve curve) {
    return curve.id() + ".svg";
  }

  /** A curve through the cells that are scored; empty before there are two. */
  private static Optional<SweepChart> chart(Results results, TableSpec.Curve curve) {
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

  /** The page. */
  public String markdown() {
    StringBuilder out = new StringBuilder("# Results\n\n");
    budget(out);
    Published published = Published.read(runs.suite());
    for (Results result : results) {
      out.append(new ResultsText(result, published).markdown()).append('\n');
      for (TableSpec.Curve curve : result.table().curves()) {
        if (chart(result, curve).isPresent()) {
          out.append("![").append(curve.title()).append("](").append(FOLDER).append('/');
          out.append(file(curve)).append(")\n\n");
        }
      }
    }
    languages(out);
    rates(out);
    list(out);
    return out.toString();
  }

  private void budget(StringBuilder out) {
    out.append(
        "Generated from run records by `lorgnette table --all --show --write docs`; not edited.\n\n");
    out.append(
        Numbers.fill(
            "Budget: %s hours planned for the whole suite, %s spent so far by training steps and answers of %s runs%s.\n\n",
            Numbers.fixed(runs.suite().hours(), 1),
            Numbers.fixed(Plan.hoursSpent(runs.out()), 2),
            Numbers.whole(ended()),
            machine()));
    out.append("```\n./lorgnette table --all --data DATA --plan\n");
    out.append("./lorgnette table --all --data DATA --minutes 20   # again and again\n```\n\n");
    out.append(
        "Scores are percent with 95 % bootstrap intervals: images are drawn, all questions of an image together, and seeds where there are"
            + " several. Published values are of other data and other backbones; only orderings are compared. An ordering holds"
            + " significantly where its one-sided p value, corrected by Holm among the orderings of its table that were run, is below 0.05."
            + " Photos exchanged: each image's photo is another's.\n\n");
  }

  private long ended() {
    return all().values().stream()
        .filter(run -> run.record().isPresent() && run.state() == SuiteRun.State.DONE)
        .count();
  }

  private String machine() {
    return all().values().stream()
        .map(SuiteRun::record)
        .flatMap(Optional::stream)
        .map(run -> run.path("sessions").path(0))
        .findFirst()
        .map(
            s ->
                ", on "
                    + s.path("processors").asText()
                    + " processors ("
                    + s.path("processor").asText()
                    + ", "
                    + s.path("numerics").path("format").asText()
                    + ")")
        .orElse("");
  }

  private void languages(StringBuilder out) {
    out.append("## What the language models have read\n\n");
    List<List<String>> rows =
        runs.suite().languages().stream().map(l -> List.of(l.name(), l.read())).toList();
    Cells.markdown(out, List.of("language model", "text"), rows);
    out.append('\n');
  }

  private void rates(StringBuilder out) {
    out.append("## Learning rates that were tried\n\n");
    out.append("Held-out loss after a short run, in nats a token; the smallest decides.\n\n");
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
                Double.toString(rate),
                trial.heldOutLoss().map(loss -> Numbers.fixed(loss, 4)).orElse(words(trial)),
                chosen.filter(c -> c == rate).isPresent() ? "chosen" : ""));
      }
    }
    Cells.markdown(out, List.of("system", "rate", "loss", ""), rows);
    out.append('\n');
  }

  private static String words(SuiteRun run) {
    return run.state() == SuiteRun.State.FAILED ? "failed" : "not yet run";
  }

  private void list(StringBuilder out) {
    out.append("## Runs\n\n");
    out.append(
        "A folder of that name in `results/runs` has recipe, record, steps, predictions and scores. The initial loss is that of the first"
            + " step: near the language model's own where the connector starts as noise.\n\n");
    List<List<String>> rows = new ArrayList<>();
    for (SuiteRun run : all().values()) {
      run.record().filter(r -> r.path("result").has("end")).ifPresent(r -> rows.add(row(run, r)));
    }
    Cells.markdown(
        out,
        List.of(
            "run", "rate", "steps", "trained", "initial loss", "held-out loss", "at step", "min"),
        rows);
  }

  private static List<String> row(SuiteRun run, JsonNode record) {
    JsonNode result = record.path("result");
    List<JsonNode> steps = RunFolder.open(run.folder()).steps();
    double seconds = steps.stream().mapToDouble(step -> step.path("seconds").asDouble()).sum();
    return List.of(
        run.name(),
        run.rate().orElse(DASH),
        Numbers.whole(result.path("step").asLong()),
        Numbers.whole(result.path("trainedParameters").asLong()),
        steps.stream()
            .filter(step -> step.has("loss"))
            .findFirst()
            .map(step -> Numbers.fixed(step.path("loss").asDouble(), 3))
            .orElse(DASH),
        result.has("validationLossNats")
            ? Numbers.fixed(result.path("validationLossNats").asDouble(), 3)
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
