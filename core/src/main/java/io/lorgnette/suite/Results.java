package io.lorgnette.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.metrics.Difference;
import io.lorgnette.metrics.Holm;
import io.lorgnette.metrics.ImageSums;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.Replicates;
import io.lorgnette.train.RunFolder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a table's runs have scored so far, and what that says about its orderings.
 *
 * @param cells by row and column
 * @param claims in the table's order
 */
public record Results(TableSpec table, Map<TableSpec.Cell, Scored> cells, List<Judged> claims) {

  /** A difference is significant where its p value, corrected, is below this. */
  public static final double LEVEL = 0.05;

  private static final long SEED = 1;

  /** How far a cell is. */
  public enum State {
    /** The row is not asked about the column. */
    NOT_ASKED,
    NOT_YET_RUN,
    /** A run of the row failed. */
    FAILED,
    SCORED
  }

  /**
   * A cell.
   *
   * @param interval the score with its interval over images and seeds, where it is scored
   * @param seeds how many runs are scored
   * @param replicates their scores by image; empty for a recall
   */
  public record Scored(
      State state, Optional<Interval> interval, int seeds, Optional<Replicates> replicates) {
    private static Scored without(State state) {
      return new Scored(state, Optional.empty(), 0, Optional.empty());
    }
  }

  /** What became of an ordering. */
  public enum Mark {
    HOLDS_SIGNIFICANTLY("holds significantly"),
    HOLDS("holds"),
    FAILS("fails"),
    NOT_YET_RUN("not yet run");

    private final String words;

    Mark(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /**
   * An ordering with what became of it.
   *
   * @param difference the better cell minus the worse one, where both are scored
   * @param p one-sided, corrected by Holm among the orderings of the table that were run; NaN where
   *     it was not
   */
  public record Judged(
      TableSpec.Claim claim, Mark mark, Optional<Difference> difference, double p) {}

  /**
   * Scores what is there.
   *
   * @param resamples usually {@link Interval#RESAMPLES}
   * @throws io.lorgnette.error.InputException if a run is broken
   */
  public static Results of(Runs runs, TableSpec table, int resamples) {
    Map<TableSpec.Cell, Scored> cells = new LinkedHashMap<>();
    for (TableSpec.Row row : table.rows()) {
      for (TableSpec.Column column : table.columns()) {
        cells.put(new TableSpec.Cell(row.id(), column.id()), scored(runs, row, column, resamples));
      }
    }
    return new Results(table, cells, judge(table, cells, resamples));
  }

  /** A cell of the table. */
  public Scored cell(TableSpec.Row row, TableSpec.Column column) {
    return cells.get(new TableSpec.Cell(row.id(), column.id()));
  }

  private static Scored scored(
      Runs runs, TableSpec.Row row, TableSpec.Column column, int resamples) {
    if (!row.asks(column)) {
      return Scored.without(State.NOT_ASKED);
    }
    List<SuiteRun> done = new ArrayList<>();
    boolean failed = false;
    for (int seed = 1; seed <= row.seeds(); seed++) {
      SuiteRun run = runs.of(row, seed).asked(column);
      if (run.has(column)) {
        done.add(run);
      }
      failed |= Files.exists(run.folder().resolve(SuiteRun.FAILED));
    }
    if (done.isEmpty()) {
      return Scored.without(failed ? State.FAILED : State.NOT_YET_RUN);
    }
    if (column.retrieval()) {
      return new Scored(
          State.SCORED, Optional.of(recall(done.get(0), column)), 1, Optional.empty());
    }
    List<ImageSums> sums = done.stream().map(run -> sums(run, column)).toList();
    Replicates replicates = Replicates.of(sums);
    return new Scored(
        State.SCORED,
        Optional.of(replicates.interval(SEED, resamples)),
        done.size(),
        Optional.of(replicates));
  }

  private static ImageSums sums(SuiteRun run, TableSpec.Column column) {
    return EvaluationRecord.imageSums(
        RunFolder.open(run.folder()), column.evaluation(), column.metric());
  }

  private static Interval recall(SuiteRun run, TableSpec.Column column) {
    JsonNode found = RunFolder.open(run.folder()).readJson(SuiteRun.retrieval(column));
    int at = column.metric().indexOf('@');
    JsonNode one = found.path(column.metric().substring(0, at)).path(column.metric().substring(at));
    return new Interval(
        one.path("value").asDouble(),
        one.path("low").asDouble(),
        one.path("high").asDouble(),
        found.path("seed").asLong(),
        found.path("resamples").asInt());
  }

  private static List<Judged> judge(
      TableSpec table, Map<TableSpec.Cell, Scored> cells, int resamples) {
    Map<TableSpec.Claim, Difference> differences = new LinkedHashMap<>();
    for (TableSpec.Claim claim : table.claims()) {
      Optional<Replicates> better = cells.get(claim.better()).replicates();
      Optional<Replicates> worse = cells.get(claim.worse()).replicates();
      if (better.isPresent() && worse.isPresent()) {
        differences.put(claim, better.get().minus(worse.get(), SEED, resamples));
      }
    }
    List<TableSpec.Claim> run = List.copyOf(differences.keySet());
    double[] p =
        Holm.adjusted(
            run.stream().mapToDouble(claim -> p(claim, differences.get(claim))).toArray());
    List<Judged> judged = new ArrayList<>();
    for (TableSpec.Claim claim : table.claims()) {
      int at = run.indexOf(claim);
      judged.add(
          at < 0
              ? new Judged(claim, Mark.NOT_YET_RUN, Optional.empty(), Double.NaN)
              : judged(claim, differences.get(claim), p[at]));
    }
    return List.copyOf(judged);
  }

  private static double p(TableSpec.Claim claim, Difference difference) {
    return claim.within().map(difference::pWithin).orElse(difference.pAbove());
  }

  private static Judged judged(TableSpec.Claim claim, Difference difference, double p) {
    boolean holds =
        claim
            .within()
            .map(margin -> Math.abs(difference.value()) <= margin)
            .orElse(difference.value() > 0);
    Mark mark = !holds ? Mark.FAILS : p < LEVEL ? Mark.HOLDS_SIGNIFICANTLY : Mark.HOLDS;
    return new Judged(claim, mark, Optional.of(difference), p);
  }
}
