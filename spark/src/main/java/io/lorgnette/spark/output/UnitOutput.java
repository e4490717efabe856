package io.lorgnette.spark.output;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What one attempt at a unit writes. Nothing of it is seen before {@link #commit}; an attempt that
 * is closed without it leaves nothing. Belongs to one thread.
 */
public final class UnitOutput implements AutoCloseable {

  private static final RowSchema PROBLEMS =
      RowSchema.of("unit", RowSchema.ColumnType.TEXT)
          .with("image", RowSchema.ColumnType.TEXT)
          .with("problem", RowSchema.ColumnType.TEXT);

  private final JobFolder folder;
  private final String unit;
  private final String attempt;
  private final Configuration hadoop;
  private final Path rowsFile;
  private final Path problemsFile;
  private final RowWriter rows;
  private RowWriter problems; // begun with the first one
  private UnitCounts counts = UnitCounts.NONE;
  private boolean closed;

  private UnitOutput(
      JobFolder folder, String unit, String attempt, Configuration hadoop, RowWriter rows) {
    this.folder = folder;
    this.unit = unit;
    this.attempt = attempt;
    this.hadoop = hadoop;
    this.rows = rows;
    this.rowsFile = folder.temporary(unit, attempt, folder.format().ending());
    this.problemsFile = folder.temporary(unit, attempt, ".problems");
  }

  /**
   * Begins an attempt.
   *
   * @param attempt tells it from others at the same unit
   * @param notes of the data file as a whole
   */
  @SuppressWarnings("MustBeClosedChecker") // the writer belongs to what is returned
  public static UnitOutput open(
      JobFolder folder,
      String unit,
      String attempt,
      RowSchema schema,
      Map<String, String> notes,
      Configuration hadoop)
      throws IOException {
    Path file = folder.temporary(unit, attempt, folder.format().ending());
    RowWriter rows = folder.format().open(file, schema, notes, hadoop);
    return new UnitOutput(folder, unit, attempt, hadoop, rows);
  }

  /** Adds a row: a value for each column, null perhaps. */
  public void row(Object... values) throws IOException {
    rows.write(values);
    counts = counts.plus(new UnitCounts(0, 0, 1));
  }

  /** Counts images that were used. */
  public void used(int images) {
    counts = counts.plus(new UnitCounts(images, 0, 0));
  }

  /** Notes an image that can not be used. */
  public void problem(String image, String reason) throws IOException {
    if (problems == null) {
      problems = new JsonRows(problemsFile, PROBLEMS, hadoop);
    }
    problems.write(unit, image, reason);
    counts = counts.plus(new UnitCounts(0, 1, 0));
  }

  /** Puts everything into its place, unless another attempt did; the unit is done then. */
  public UnitCounts commit() throws IOException {
    closeFiles();
    if (folder.isDone(unit, hadoop)) {
      discard();
      return folder.counts(unit, hadoop);
    }
    if (problems != null) {
      HadoopFiles.move(problemsFile, folder.problems(unit), hadoop);
    }
    HadoopFiles.move(rowsFile, folder.data(unit), hadoop);
    String text =
        JsonNodeFactory.instance
            .objectNode()
            .put("images", counts.images())
            .put("broken", counts.broken())
            .put("rows", counts.rows())
            .toString();
    Path temporary = folder.temporary(unit, attempt, ".done");
    HadoopFiles.write(folder.done(unit), temporary, text, hadoop);
    return counts;
  }

  private void closeFiles() throws IOException {
    if (!closed) {
      closed = true;
      try {
        rows.close();
      } finally {
        if (problems != null) {
          problems.close();
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closeFiles();
      discard();
    }
  }

  private void discard() throws IOException {
    rowsFile.getFileSystem(hadoop).delete(rowsFile, false);
    rowsFile.getFileSystem(hadoop).delete(problemsFile, false);
  }
}
