package io.lorgnette.suite;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.Interval;
import io.lorgnette.report.Cells;
import io.lorgnette.report.Csv;
import io.lorgnette.report.Numbers;
import io.lorgnette.suite.TableSpec.Column;
import io.lorgnette.suite.TableSpec.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table's results as Markdown, CSV, JSON and as rows of cells. */
public final class ResultsText {

  /** What stands above published values. */
  public static final String PUBLISHED = "other data, other backbones";

  private static final String DASH = "\u2013";

  private final Results results;
  private final Published published;

  /** Of a table's results beside what was published. */
  public ResultsText(Results results, Published published) {
    this.results = results;
    this.published = published;
  }

  /** The heads of {@link #rows}. */
  public List<String> head() {
    List<String> head =
        new ArrayList<>(List.of("system", "learned from", "language model", "seeds"));
    for (Column column : results.table().columns()) {
      head.add(column.title());
      if (published.has(results.table(), column)) {
        head.add(PUBLISHED + ": " + column.published().orElseThrow());
      }
    }
    return head;
  }

  /** One list of cells a row of the table: scores in percent with their 95 % intervals. */
  public List<List<String>> rows() {
    return results.table().rows().stream().map(this::cells).toList();
  }

  private List<String> cells(Row row) {
    List<String> cells =
        new ArrayList<>(List.of(row.label(), row.learned(), row.languageName(), "" + row.seeds()));
    for (Column column : results.table().columns()) {
      cells.add(cell(row, results.cell(row, column)));
      if (published.has(results.table(), column)) {
        cells.add(published.of(row, column).orElse(DASH));
      }
    }
    return cells;
  }

  private static String cell(Row row, Results.Scored scored) {
    String beside = beside(row, scored);
    return main(scored) + (beside.isEmpty() ? "" : " " + beside);
  }

  /** What a cell says first: the score, or why there is none. */
  static String main(Results.Scored scored) {
    return switch (scored.state()) {
      case NOT_ASKED -> DASH;
      case NOT_YET_RUN -> "not yet run";
      case FAILED -> "failed";
      case SCORED -> Numbers.percent(scored.interval().orElseThrow().value());
    };
  }

  /** What stands beside a score: its interval, and the seeds that are there of more. */
  static String beside(Row row, Results.Scored scored) {
    if (scored.state() != Results.State.SCORED) {
      return "";
    }
    Interval interval = scored.interval().orElseThrow();
    boolean fewer = scored.replicates().isPresent() && scored.seeds() < row.seeds();
    return Numbers.interval(interval.low(), interval.high())
        + (fewer ? " (" + scored.seeds() + " of " + row.seeds() + " seeds)" : "");
  }

  /** The heads of {@link #claims}. */
  public List<String> claimHead() {
    return List.of("ordering", "found", "difference", "p, corrected");
  }

  /** One list of cells an ordering. */
  public List<List<String>> claims() {
    return results.claims().stream()
        .map(
            judged ->
                List.of(
                    judged.claim().say(),
                    judged.mark().words(),
                    judged
                        .difference()
                        .map(
                            d ->
                                Numbers.signedPercent(d.value())
                                    + " "
                                    + Numbers.interval(d.interval().low(), d.interval().high()))
                        .orElse(DASH),
                    Double.isNaN(judged.p()) ? DASH : Numbers.p(judged.p())))
        .toList();
  }

  /** A section of a Markdown page. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("## ").append(Cells.markdown(results.table().title())).append("\n\n");
    Cells.markdown(out, head(), rows());
    if (!results.claims().isEmpty()) {
      out.append('\n');
      Cells.markdown(out, claimHead(), claims());
    }
    for (String note : results.table().notes()) {
      out.append('\n').append(note).append('\n');
    }
    return out.toString();
  }

  /** One line a cell (RFC 4180), scores as fractions. */
  public String csv() {
    StringBuilder out = new StringBuilder();
    for (Row row : results.table().rows()) {
      for (Column column : results.table().columns()) {
        Results.Scored scored = results.cell(row, column);
        out.append(
            Csv.line(
                List.of(
                    results.table().name(),
                    row.id(),
                    row.learned(),
                    row.languageName(),
                    column.id(),
                    name(scored.state()),
                    "" + scored.seeds(),
                    scored.interval().map(i -> "" + i.value()).orElse(""),
                    scored.interval().map(i -> "" + i.low()).orElse(""),
                    scored.interval().map(i -> "" + i.high()).orElse(""),
                    published.of(row, column).orElse(""))));
      }
    }
    return out.toString();
  }

  /** The head of {@link #csv}. */
  public static String csvHead() {
    return Csv.line(
        List.of(
            "table",
            "row",
            "learned_from",
            "language_model",
            "column",
            "state",
            "seeds",
            "value",
            "low",
            "high",
            "published_percent"));
  }

  /** Scores as fractions, with what became of the orderings. */
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("table", results.table().name()).put("title", results.table().title());
    ArrayNode rows = node.putArray("rows");
    for (Row row : results.table().rows()) {
      ObjectNode one = rows.addObject();
      one.put("row", row.id()).put("system", row.label()).put("learnedFrom", row.learned());
      one.put("languageModel", row.languageName()).put("seeds", row.seeds());
      ObjectNode cells = one.putObject("cells");
      for (Column column : results.table().columns()) {
        Results.Scored scored = results.cell(row, column);
        ObjectNode cell = cells.putObject(column.id());
        cell.put("state", name(scored.state()));
        scored
            .interval()
            .ifPresent(
                i -> {
                  cell.put("value", i.value()).put("low", i.low()).put("high", i.high());
                  cell.put("seeds", scored.seeds());
                });
        published.of(row, column).ifPresent(value -> cell.put("publishedPercent", value));
      }
    }
    ArrayNode claims = node.putArray("orderings");
    for (Results.Judged judged : results.claims()) {
      ObjectNode one = claims.addObject();
      one.put("ordering", judged.claim().say()).put("mark", name(judged.mark()));
      judged
          .difference()
          .ifPresent(
              d -> {
                one.put("difference", d.value()).put("low", d.interval().low());
                one.put("high", d.interval().high()).put("p", judged.p());
              });
    }
    return node;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
