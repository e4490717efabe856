package io.lorgnette.report;

import io.lorgnette.metrics.Comparison;
import io.lorgnette.report.ScoreTable.Row;
import java.util.List;
import java.util.Locale;

/** The score tables on the page. */
final class ScoreSection {

  private ScoreSection() {}

  static void append(
      Html html, List<ReportedRun> runs, List<ScoreTable> tables, List<ScoreTable> overall) {
    html.open("section", "id", "scores").leaf("h2", "Scores");
    if (Perplexity.append(html, runs) && tables.isEmpty()) {
      html.close().line();
      return;
    }
    if (tables.isEmpty()) {
      html.leaf("p", "Nothing has been evaluated yet.", "class", "note").close();
      return;
    }
    html.leaf(
        "p",
        "In percent, with 95 % bootstrap intervals over images. A paired difference is computed on"
            + " the same resampled images; where its interval excludes 0 it is set in bold.",
        "class",
        "note");
    tables.forEach(table -> append(html, table));
    overall.forEach(table -> append(html, table));
    html.close().line();
  }

  private static void append(Html html, ScoreTable table) {
    html.leaf("h3", table.title()).leaf("p", sentence(table.asked()), "class", "note");
    html.open("table", "class", "scores").open("thead").open("tr");
    html.leaf("th", "metric", "scope", "col").leaf("th", "", "class", "picture");
    List<ReportedRun> runs = table.runs();
    for (ReportedRun run : runs) {
      html.leaf("th", run.label(), "scope", "col", "class", "number s" + run.number() % 4);
    }
    for (ReportedRun run : compared(table)) {
      html.leaf("th", against(table, run), "scope", "col", "class", "number");
    }
    html.close().close().open("tbody");
    for (Row row : table.rows()) {
      append(html, table, row);
    }
    html.close().close();
    for (String note : table.notes()) {
      html.leaf("p", note, "class", "note", "dir", "auto");
    }
    html.line();
  }

  /** What the differences of a table are between. */
  static String against(ScoreTable table, ReportedRun other) {
    return table.runs().get(0).label() + " \u2212 " + other.label();
  }

  /** The runs that the first one is compared with in a table. */
  static List<ReportedRun> compared(ScoreTable table) {
    return table.runs().stream()
        .filter(
            run ->
                table.rows().stream().anyMatch(row -> row.differences().containsKey(run.number())))
        .toList();
  }

  /** Each metric has a scale of its own: CIDEr's is another one than BLEU's. */
  private static double largest(Row row) {
    return row.scores().values().stream()
        .mapToDouble(score -> score.hasInterval() ? score.high() : score.value())
        .max()
        .orElse(1);
  }

  private static void append(Html html, ScoreTable table, Row row) {
    html.open("tr").open("th", "scope", "row").text(row.metric());
    if (!row.variant().isEmpty()) {
      html.leaf("small", row.variant());
    }
    html.close().open("td", "class", "picture");
    Whiskers.append(html, row.scores(), largest(row));
    html.close();
    for (ReportedRun run : table.runs()) {
      html.open("td", "class", "number", "data-label", run.label());
      Score score = row.scores().get(run.number());
      if (score == null) {
        html.text("\u2013");
      } else {
        html.leaf("strong", Numbers.percent(score.value()));
        if (score.hasInterval()) {
          html.leaf("small", Numbers.interval(score.low(), score.high()));
        }
      }
      html.close();
    }
    for (ReportedRun run : compared(table)) {
      boolean only = compared(table).size() == 1;
      String label = only ? "difference" : against(table, run);
      html.open("td", "class", "number", "data-label", label);
      Comparison comparison = row.differences().get(run.number());
      if (comparison == null) {
        html.text("\u2013");
      } else {
        append(html, comparison);
      }
      html.close();
    }
    html.close();
  }

  private static void append(Html html, Comparison comparison) {
    String difference = Numbers.signedPercent(comparison.difference().value());
    html.leaf(comparison.significant() ? "strong" : "span", difference);
    String interval =
        Numbers.interval(comparison.difference().low(), comparison.difference().high());
    String p = Numbers.p(comparison.p());
    html.leaf("small", interval + ", p " + (p.startsWith("<") ? p : "= " + p));
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }
}
