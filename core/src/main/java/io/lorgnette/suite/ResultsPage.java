package io.lorgnette.suite;

import io.lorgnette.report.Cells;
import io.lorgnette.report.Numbers;
import java.nio.file.Path;
import java.util.List;

/**
 * The page of a suite's results, {@code results.md}, generated from run folders: budget, commands,
 * tables with their curves, learning rates, runs, and what text the language models have read.
 */
public final class ResultsPage {

  private static final String FOLDER = "results";
  private static final String RUNS = "runs";

  private final Runs runs;
  private final List<TableSpec> tables;
  private final PageParts parts;

  /**
   * A page of some tables.
   *
   * @throws io.lorgnette.error.InputException if a run is broken
   */
  public ResultsPage(Runs runs, List<TableSpec> tables) {
    this.runs = runs;
    this.tables = List.copyOf(tables);
    this.parts = new PageParts(runs, tables);
  }

  /**
   * Writes the records of the runs that have ended into {@code results/runs/}, and from them {@code
   * results.md} and the curves in {@code results/}: what has not ended is not on that page.
   *
   * @param docs folder
   */
  public void write(Path docs) {
    Path records = docs.resolve(FOLDER).resolve(RUNS);
    boolean own =
        records.toAbsolutePath().normalize().equals(runs.out().toAbsolutePath().normalize());
    if (!own) {
      parts.ended().forEach(run -> RunRecords.write(run.folder(), records));
      new ResultsPage(new Runs(runs.suite(), records), tables).write(docs);
      return;
    }
    PageFiles.write(docs.resolve("results.md"), markdown());
    for (Results result : parts.results()) {
      for (TableSpec.Curve curve : result.table().curves()) {
        PageParts.chart(result, curve)
            .ifPresent(
                chart -> PageFiles.write(docs.resolve(FOLDER).resolve(file(curve)), chart.svg()));
      }
    }
  }

  private static String file(TableSpec.Curve curve) {
    return curve.id() + ".svg";
  }

  /** The page. */
  public String markdown() {
    StringBuilder out = new StringBuilder("# Results\n\n");
    budget(out);
    for (Results result : parts.results()) {
      out.append(parts.text(result).markdown()).append('\n');
      for (TableSpec.Curve curve : result.table().curves()) {
        if (PageParts.chart(result, curve).isPresent()) {
          out.append("![").append(curve.title()).append("](").append(FOLDER).append('/');
          out.append(file(curve)).append(")\n\n");
        }
      }
    }
    section(
        out, "What the language models have read", "", PageParts.LANGUAGE_HEAD, parts.languages());
    section(
        out, "Learning rates that were tried", PageParts.RATES, PageParts.RATE_HEAD, parts.rates());
    section(out, "Before the first step", PageParts.BEFORE, PageParts.BEFORE_HEAD, parts.before());
    section(
        out,
        "Runs",
        "A folder of that name in `results/runs` has recipe, record, steps, predictions and scores. "
            + PageParts.RUNS,
        PageParts.RUN_HEAD,
        parts.list());
    return out.toString().stripTrailing() + "\n";
  }

  private void budget(StringBuilder out) {
    out.append(
        "Generated from run records by `lorgnette table --all --show --write docs`; not edited.\n\n");
    out.append(
        Numbers.fill(
            "Budget: %s hours planned for the whole suite, %s spent so far by training steps and answers of %s runs%s. A run with one thread on two processors counts half: two such runs share the machine.\n\n",
            Numbers.fixed(parts.hours(), 1),
            Numbers.fixed(parts.hoursSpent(), 2),
            Numbers.whole(parts.ended().size()),
            parts.machine().map(machine -> ", on " + machine).orElse("")));
    out.append("```\n./lorgnette table --all --data DATA --plan\n");
    out.append(
        "./lorgnette table --all --data DATA --minutes 20   # again and again, once for each core at a time\n```\n\n");
    out.append(PageParts.READING).append("\n\n");
  }

  private static void section(
      StringBuilder out, String title, String text, List<String> head, List<List<String>> rows) {
    out.append("## ").append(title).append("\n\n");
    if (!text.isEmpty()) {
      out.append(text).append("\n\n");
    }
    Cells.markdown(out, head, rows);
    out.append('\n');
  }
}
