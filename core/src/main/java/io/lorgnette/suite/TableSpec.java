package io.lorgnette.suite;

import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Task;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One table: its rows are systems with what they learned from, its columns scores.
 *
 * @param name of its file
 * @param title for people
 * @param notes paragraphs that stand below it
 * @param claims orderings that are looked for
 * @param curves pictures of some of its cells
 */
public record TableSpec(
    String name,
    String title,
    List<String> notes,
    List<Row> rows,
    List<Column> columns,
    List<Claim> claims,
    List<Curve> curves) {

  private static final String FOLDER = "tables";
  private static final String ENDING = ".yaml";

  /**
   * A system with what it learned from.
   *
   * @param id by which orderings name it
   * @param label for people
   * @param source name of what it learned from; empty for its recipe's own
   * @param share of the source's first data set, by images
   * @param language name of its language model; empty for its own
   * @param set further changes to its recipe
   * @param seeds how many trainings, with the seeds 1, 2, ...
   * @param columns ids of those that it is asked about; empty for all
   * @param published system and training examples of the published row, such as {@code MAPL COCO,
   *     414K}
   */
  public record Row(
      String id,
      String label,
      Suite.SystemSpec system,
      Optional<Suite.Source> source,
      double share,
      Optional<Suite.Language> language,
      List<String> set,
      int seeds,
      List<String> columns,
      Optional<String> published) {

    static Row read(RecipeNode node, Suite suite) {
      Suite.SystemSpec system =
          Suite.known(node, "system", suite.systems(), Suite.SystemSpec::name, node.text("system"));
      Optional<Suite.Source> source =
          node.optionalText("source")
              .map(n -> Suite.known(node, "source", suite.sources(), Suite.Source::name, n));
      Optional<Suite.Language> language =
          node.optionalText("language")
              .map(n -> Suite.known(node, "language", suite.languages(), Suite.Language::name, n));
      node.check(
          source.isPresent() == system.learns(),
          "source",
          system.learns() ? "is missing" : "can not be given: the system's recipe has its own");
      node.check(
          language.isPresent() != system.language().isPresent(),
          "language",
          language.isPresent() ? "can not be given: the system has its own" : "is missing");
      return new Row(
          node.text("id"),
          node.text("label", system.title()),
          system,
          source,
          node.number("share", 1).aboveUpTo(0.0, 1.0),
          language,
          node.texts("set", List.of()),
          node.integer("seeds", 1).between(1, 20),
          node.texts("columns", List.of()),
          node.optionalText("published"));
    }

    /** Whether it is asked about a column. */
    public boolean asks(Column column) {
      return columns.isEmpty() || columns.contains(column.id());
    }

    /** What it learned from, for people. */
    public String learned() {
      return source
          .map(
              s ->
                  share == 1
                      ? s.title()
                      : String.format(Locale.ROOT, "%s of %s", percent(share), s.title()))
          .orElse(system.trained() ? "its recipe's data" : "nothing");
    }

    private static String percent(double share) {
      String text = String.format(Locale.ROOT, "%.2f", 100 * share);
      return text.replaceAll("\\.?0+$", "") + " %";
    }

    /** Its language model, for people. */
    public String languageName() {
      return language.map(Suite.Language::name).or(system::language).orElse("none");
    }
  }

  /**
   * A score.
   *
   * @param id by which orderings name it
   * @param title for people
   * @param on name of the data set
   * @param shots examples before each question
   * @param metric name as in evaluations, or {@code textRecall@1} and its like of a retrieval
   * @param shuffled whether photos are exchanged
   * @param published column of the published table
   * @param minutes that an evaluation takes, for the plan before any was measured
   */
  public record Column(
      String id,
      String title,
      String on,
      Split split,
      int shots,
      String metric,
      boolean shuffled,
      Optional<String> published,
      double minutes) {

    private static final String RETRIEVED = "(text|image)Recall@(1|5|10)";

    static Column read(RecipeNode node) {
      String split = node.text("split", "dev");
      Column column =
          new Column(
              node.text("id"),
              node.text("title"),
              node.text("on"),
              split(node, split),
              node.integer("shots", 0).between(0, 64),
              node.text("metric"),
              node.flag("shuffled", false),
              node.optionalText("published"),
              node.number("minutes", 0.5).above(0.0));
      node.check(
          column.retrieval()
              || List.of("BLEU-4", "CIDEr", "VQA accuracy", "exact-set accuracy")
                  .contains(column.metric()),
          "metric",
          "must be BLEU-4, CIDEr, VQA accuracy, exact-set accuracy, textRecall@1 or imageRecall@1"
              + " (or 5, 10), but is "
              + column.metric());
      return column;
    }

    private static Split split(RecipeNode node, String name) {
      try {
        return Split.of(name);
      } catch (InputException e) {
        throw new InputException(node.subject("split") + ": " + e.getMessage(), e);
      }
    }

    /** Whether it is a recall, which {@code lorgnette retrieve} measures. */
    public boolean retrieval() {
      return metric.matches(RETRIEVED);
    }

    /** The evaluation that holds the score. */
    public String evaluation() {
      Task task =
          switch (metric) {
            case "BLEU-4", "CIDEr" -> Task.CAPTIONS;
            case "VQA accuracy" -> Task.ANSWERS;
            default -> Task.ANSWER_SETS;
          };
      String name = EvaluationRecord.name(on, split.name().toLowerCase(Locale.ROOT), task, shots);
      return shuffled ? EvaluationRecord.shuffled(name) : name;
    }
  }

  /**
   * A cell of the table.
   *
   * @param row its id
   * @param column its id
   */
  public record Cell(String row, String column) {}

  /**
   * An ordering that is looked for.
   *
   * @param say in words
   * @param better the cell that is to score more
   * @param worse the one that is to score less
   * @param within if given, how near the two are to be instead, a fraction
   */
  public record Claim(String say, Cell better, Cell worse, Optional<Double> within) {

    static Claim read(RecipeNode node) {
      return new Claim(
          node.text("say"),
          cell(node, "better"),
          cell(node, "worse"),
          node.optionalNumber("within").map(margin -> margin.above(0.0)));
    }

    private static Cell cell(RecipeNode node, String key) {
      String text = node.text(key);
      int slash = text.indexOf('/');
      node.check(slash > 0, key, "must be ROW/COLUMN but is " + text);
      return new Cell(text.substring(0, slash), text.substring(slash + 1));
    }
  }

  /**
   * A picture of a column over some rows.
   *
   * @param id of its file
   * @param title for people
   * @param axis what goes to the right
   * @param column its id
   * @param logarithmic whether the axis to the right is
   */
  public record Curve(
      String id,
      String title,
      String axis,
      String column,
      boolean logarithmic,
      List<Point> points) {

    static Curve read(RecipeNode node) {
      return new Curve(
          node.text("id"),
          node.text("title"),
          node.text("axis"),
          node.text("column"),
          node.flag("logarithmic", false),
          node.sections("points", n -> new Point(n.text("row"), n.number("at").above(0.0))));
    }
  }

  /**
   * A place of a curve.
   *
   * @param row its id
   * @param at how far to the right
   */
  public record Point(String row, double at) {}

  /**
   * Reads a table of a suite.
   *
   * @throws InputException naming file, key and line, or the tables that there are
   */
  public static TableSpec read(Suite suite, String name) {
    Path file = suite.folder().resolve(FOLDER).resolve(name + ENDING);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "there is no table " + name + "; there are " + String.join(", ", names(suite)));
    }
    return RecipeReader.read(file, List.of(), node -> read(suite, name, node)).value();
  }

  /** The names of a suite's tables. */
  public static List<String> names(Suite suite) {
    Path folder = suite.folder().resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + " does not exist, where the suite's tables are to be");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(ENDING))
          .map(file -> file.substring(0, file.length() - ENDING.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + folder + ": " + e.getMessage(), e);
    }
  }

  private static TableSpec read(Suite suite, String name, RecipeNode node) {
    TableSpec table =
        new TableSpec(
            name,
            node.text("title"),
            node.texts("notes", List.of()),
            node.sections("rows", n -> Row.read(n, suite)),
            node.sections("columns", Column::read),
            node.sections("claims", Claim::read),
            node.sections("curves", Curve::read));
    table.check(node);
    return table;
  }

  private void check(RecipeNode node) {
    List<String> rowIds = rows.stream().map(Row::id).toList();
    List<String> columnIds = columns.stream().map(Column::id).toList();
    node.check(rowIds.stream().distinct().count() == rowIds.size(), "rows", "have an id twice");
    node.check(
        columnIds.stream().distinct().count() == columnIds.size(), "columns", "have an id twice");
    node.check(!rows.isEmpty(), "rows", "must not be empty");
    for (Row row : rows) {
      row.columns()
          .forEach(id -> node.check(columnIds.contains(id), "rows", "name the column " + id));
    }
    List<Cell> cells = new ArrayList<>();
    claims.forEach(claim -> cells.addAll(List.of(claim.better(), claim.worse())));
    for (Cell cell : cells) {
      node.check(
          rowIds.contains(cell.row())
              && columnIds.contains(cell.column())
              && row(cell.row()).asks(column(cell.column())),
          "claims",
          "name the cell " + cell.row() + "/" + cell.column() + ", which is not in this table");
    }
    for (Curve curve : curves) {
      node.check(columnIds.contains(curve.column()), "curves", "name the column " + curve.column());
      curve
          .points()
          .forEach(p -> node.check(rowIds.contains(p.row()), "curves", "name the row " + p.row()));
    }
  }

  /** The row of an id that was checked. */
  public Row row(String id) {
    return rows.stream().filter(row -> row.id().equals(id)).findFirst().orElseThrow();
  }

  /** The column of an id that was checked. */
  public Column column(String id) {
    return columns.stream().filter(column -> column.id().equals(id)).findFirst().orElseThrow();
  }
}
