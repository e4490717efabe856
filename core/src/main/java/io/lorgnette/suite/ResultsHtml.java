package io.lorgnette.suite;

import io.lorgnette.report.Html;
import io.lorgnette.report.Numbers;
import io.lorgnette.suite.TableSpec.Column;
import io.lorgnette.suite.TableSpec.Row;
import java.util.List;
import java.util.Optional;

/**
 * Some tables as one HTML page that loads nothing: scores beside published values, orderings with
 * their verdicts, curves, budget, learning rates, runs.
 */
public final class ResultsHtml {

  private static final String STYLE =
      """
      .wide { overflow-x: auto; margin: 1rem 0 1.5rem; }
      .wide:focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
      .wide table { width: auto; min-width: 100%; font-size: .92rem; }
      .wide th, .wide td { padding-right: 1.1rem; }
      .wide .number { padding-left: 0; }
      .wide tbody th { min-width: 8rem; }
      .wide th:first-child { position: sticky; left: 0; background: var(--paper); }
      .wide td small { white-space: nowrap; }
      .published, .open { color: var(--soft); }
      .published { font-style: italic; }
      .verdict-holds { color: var(--c2); font-weight: 600; }
      .verdict-fails { color: var(--c1); font-weight: 600; }
      .chart .interval { stroke: var(--c); stroke-width: 1.4; }
      .chart .curve { stroke-width: 2; }
      .chart { max-width: 36rem; margin: 1.5rem 0; }
      nav ul { padding-left: 1.1rem; }
      nav a { color: var(--c0); }
      """;

  /** The first columns that stand to the right. */
  private static final int SCORE_NUMBERS = 3;

  private static final int CLAIM_NUMBERS = 2;

  private final PageParts parts;

  /**
   * A page of some tables.
   *
   * @throws io.lorgnette.error.InputException if a run is broken
   */
  public ResultsHtml(Runs runs, List<TableSpec> tables) {
    this.parts = new PageParts(runs, tables);
  }

  /** The page. */
  public String html() {
    Html html = new Html();
    html.begin("Results", STYLE);
    html.open("header").leaf("p", "Lorgnette tables", "class", "kicker").leaf("h1", "Results");
    html.leaf("p", budget(), "class", "summary").close().line();
    contents(html);
    html.open("section", "id", "budget").leaf("h2", "Budget").open("dl");
    entry(html, "planned for the whole suite", hours(parts.hours()));
    entry(html, "spent by steps and answers", hours(parts.hoursSpent()));
    entry(html, "left of these tables, estimated", hours(parts.hoursLeft()));
    entry(html, "runs that have ended", Numbers.whole(parts.ended().size()));
    parts.machine().ifPresent(machine -> entry(html, "machine", machine));
    html.close().leaf("p", PageParts.READING, "class", "note").close().line();
    parts.results().forEach(result -> table(html, result));
    section(
        html,
        "languages",
        "What the language models have read",
        "",
        PageParts.LANGUAGE_HEAD,
        PageParts.LANGUAGE_HEAD.size(),
        parts.languages());
    section(
        html,
        "rates",
        "Learning rates that were tried",
        PageParts.RATES,
        PageParts.RATE_HEAD,
        1,
        parts.rates());
    section(
        html,
        "before",
        "Before the first step",
        PageParts.BEFORE,
        PageParts.BEFORE_HEAD,
        2,
        parts.before());
    section(html, "runs", "Runs", PageParts.RUNS, PageParts.RUN_HEAD, 1, parts.list());
    return html.close().close().close().line().finish();
  }

  private String budget() {
    return Numbers.fill(
        "%s of %s planned hours are spent; %s have ended.",
        Numbers.fixed(parts.hoursSpent(), 2),
        Numbers.fixed(parts.hours(), 1),
        Numbers.count(parts.ended().size(), "run"));
  }

  private static String hours(double hours) {
    return Numbers.fixed(hours, 2) + " h";
  }

  private static void entry(Html html, String name, String value) {
    html.leaf("dt", name).leaf("dd", value);
  }

  private void contents(Html html) {
    html.open("nav", "aria-label", "Tables").open("ul");
    for (Results result : parts.results()) {
      TableSpec table = result.table();
      html.open("li").leaf("a", table.title(), "href", "#" + table.name()).close();
    }
    html.close().close().line();
  }

  private void table(Html html, Results result) {
    TableSpec table = result.table();
    html.open("section", "id", table.name()).leaf("h2", table.title());
    scores(html, result);
    if (!result.claims().isEmpty()) {
      claims(html, result);
    }
    for (TableSpec.Curve curve : table.curves()) {
      PageParts.chart(result, curve)
          .ifPresent(
              chart -> {
                html.open("figure", "class", "chart s0").leaf("figcaption", curve.title());
                chart.append(html);
                html.close();
              });
    }
    table.notes().forEach(note -> html.leaf("p", note, "class", "note"));
    html.close().line();
  }

  private void scores(Html html, Results result) {
    ResultsText text = parts.text(result);
    open(html, "Scores: " + result.table().title(), text.head(), SCORE_NUMBERS);
    for (Row row : result.table().rows()) {
      html.open("tr").leaf("th", row.label(), "scope", "row");
      html.leaf("td", row.learned()).leaf("td", row.languageName());
      html.leaf("td", "" + row.seeds(), "class", "number");
      for (Column column : result.table().columns()) {
        score(html, row, result.cell(row, column));
        if (parts.published().has(result.table(), column)) {
          Optional<String> value = parts.published().of(row, column);
          html.leaf("td", value.orElse("\u2013"), "class", "number published");
        }
      }
      html.close().line();
    }
    close(html);
  }

  private static void score(Html html, Row row, Results.Scored scored) {
    if (scored.state() != Results.State.SCORED) {
      html.leaf("td", ResultsText.main(scored), "class", "number open");
      return;
    }
    html.open("td", "class", "number").leaf("strong", ResultsText.main(scored));
    html.leaf("small", ResultsText.beside(row, scored)).close();
  }

  private void claims(Html html, Results result) {
    ResultsText text = parts.text(result);
    open(html, "Orderings: " + result.table().title(), text.claimHead(), CLAIM_NUMBERS);
    for (int i = 0; i < result.claims().size(); i++) {
      List<String> cells = text.claims().get(i);
      html.open("tr").leaf("th", cells.get(0), "scope", "row");
      Results.Mark mark = result.claims().get(i).mark();
      html.leaf("td", sign(mark) + cells.get(1), "class", verdict(mark));
      cells.subList(2, cells.size()).forEach(cell -> html.leaf("td", cell, "class", "number"));
      html.close().line();
    }
    close(html);
  }

  private static String verdict(Results.Mark mark) {
    return switch (mark) {
      case HOLDS_SIGNIFICANTLY, HOLDS -> "verdict-holds";
      case FAILS -> "verdict-fails";
      case NOT_YET_RUN -> "open";
    };
  }

  /** Told by more than a colour. */
  private static String sign(Results.Mark mark) {
    return switch (mark) {
      case HOLDS_SIGNIFICANTLY -> "\u2713\u2713 ";
      case HOLDS -> "\u2713 ";
      case FAILS -> "\u2717 ";
      case NOT_YET_RUN -> "";
    };
  }

  private static void section(
      Html html,
      String id,
      String title,
      String text,
      List<String> head,
      int numbers,
      List<List<String>> rows) {
    html.open("section", "id", id).leaf("h2", title);
    if (!text.isEmpty()) {
      html.leaf("p", text, "class", "note");
    }
    open(html, title, head, numbers);
    for (List<String> row : rows) {
      html.open("tr").leaf("th", row.get(0), "scope", "row");
      for (int i = 1; i < row.size(); i++) {
        html.leaf("td", row.get(i), "class", i < numbers ? "" : "number");
      }
      html.close().line();
    }
    close(html);
    html.close().line();
  }

  /**
   * A table that scrolls by itself where it is wider than the page, by keys too.
   *
   * @param numbers the first column that stands to the right
   */
  private static void open(Html html, String caption, List<String> head, int numbers) {
    html.open("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table").leaf("caption", caption).open("thead").open("tr");
    for (int i = 0; i < head.size(); i++) {
      String published = head.get(i).startsWith(ResultsText.PUBLISHED) ? " published" : "";
      String kind = (i < numbers ? "" : "number") + published;
      html.leaf("th", head.get(i), "scope", "col", "class", kind);
    }
    html.close().close().open("tbody").line();
  }

  private static void close(Html html) {
    html.close().close().close().line();
  }
}
