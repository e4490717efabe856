package io.lorgnette.report;

import io.lorgnette.metrics.Comparison;
import io.lorgnette.report.ScoreTable.Row;
import java.util.ArrayList;
import java.util.List;

/** Score tables as text. */
final class TextTables {

  private TextTables() {}

  /** One GitHub-flavoured table for each evaluation. */
  static String markdown(List<ScoreTable> tables) {
    StringBuilder out = new StringBuilder();
    for (ScoreTable table : tables) {
      List<ReportedRun> compared = ScoreSection.compared(table);
      List<String> head = new ArrayList<>(List.of("metric"));
      table.runs().forEach(run -> head.add(run.label()));
      compared.forEach(run -> head.add(ScoreSection.against(table, run)));
      head.add("variant");
      out.append("### ").append(Cells.markdown(table.title())).append("\n\n");
      out.append(Cells.markdown(table.asked())).append("; percent [95 % interval]\n\n");
      Cells.markdownLine(out, head);
      out.append("|---").append("|---:".repeat(head.size() - 2)).append("|---|\n");
      for (Row row : table.rows()) {
        List<String> cells = new ArrayList<>(List.of(row.metric()));
        for (ReportedRun run : table.runs()) {
          Score score = row.scores().get(run.number());
          cells.add(score == null ? "\u2013" : score.toString());
        }
        for (ReportedRun run : compared) {
          Comparison comparison = row.differences().get(run.number());
          cells.add(comparison == null ? "\u2013" : text(comparison));
        }
        cells.add(row.variant());
        Cells.markdownLine(out, cells);
      }
      out.append('\n');
      table.notes().forEach(note -> out.append(Cells.markdown(note)).append("\n\n"));
    }
    return out.toString();
  }

  private static String text(Comparison comparison) {
    return Numbers.fill(
        "%s %s, p %s",
        Numbers.signedPercent(comparison.difference().value()),
        Numbers.interval(comparison.difference().low(), comparison.difference().high()),
        Numbers.p(comparison.p()));
  }

  /**
   * One line for each evaluation, run and metric (RFC 4180): scores are fractions; {@code
   * difference} is the first run minus this one.
   */
  static String csv(List<ScoreTable> tables) {
    StringBuilder out = new StringBuilder();
    out.append(
        Csv.line(
            List.of(
                "evaluation",
                "system",
                "run",
                "metric",
                "variant",
                "value",
                "low",
                "high",
                "difference",
                "difference_low",
                "difference_high",
                "p")));
    for (ScoreTable table : tables) {
      for (ReportedRun run : table.runs()) {
        for (Row row : table.rows()) {
          if (row.scores().containsKey(run.number())) {
            out.append(Csv.line(csvCells(table, run, row)));
          }
        }
      }
    }
    return out.toString();
  }

  private static List<String> csvCells(ScoreTable table, ReportedRun run, Row row) {
    Score score = row.scores().get(run.number());
    List<String> cells =
        new ArrayList<>(
            List.of(table.name(), run.label(), run.name(), row.metric(), row.variant()));
    numbers(cells, score.value(), score.low(), score.high());
    Comparison comparison = row.differences().get(run.number());
    if (comparison == null) {
      numbers(cells, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    } else {
      numbers(
          cells,
          comparison.difference().value(),
          comparison.difference().low(),
          comparison.difference().high(),
          comparison.p());
    }
    return cells;
  }

  private static void numbers(List<String> cells, double... values) {
    for (double value : values) {
      cells.add(Double.isFinite(value) ? Double.toString(value) : "");
    }
  }
}
