package io.lorgnette.spark.curate;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFiles;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import io.lorgnette.spark.output.UnitCounts;
import io.lorgnette.spark.output.UnitOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Writes the kept captions of a unit's images: a row for each image that has one. */
final class KeepTask implements Function<InputUnit, UnitCounts> {

  private static final long serialVersionUID = 1;

  private static final RowSchema SCHEMA =
      RowSchema.of("image", ColumnType.TEXT).with("captions", ColumnType.TEXTS);

  private final JobFolder scores;
  private final JobFolder kept;
  private final float least;
  private final Map<String, Long> ties;
  private final Broadcast<SerializableConfiguration> hadoop;

  /**
   * The choice.
   *
   * @param ties how many pairs of exactly {@code least} each unit keeps; all where it is not named
   */
  KeepTask(
      JobFolder scores,
      JobFolder kept,
      float least,
      Map<String, Long> ties,
      Broadcast<SerializableConfiguration> hadoop) {
    this.scores = scores;
    this.kept = kept;
    this.least = least;
    this.ties = ties;
    this.hadoop = hadoop;
  }

  /** How many pairs of a unit have exactly this score. */
  static long ties(Path file, float score, Configuration hadoop) throws IOException {
    long[] count = {0};
    RowFiles.forEach(file, hadoop, row -> count[0] += row.getFloat("score", 0) == score ? 1 : 0);
    return count[0];
  }

  /** The captions of one image, while its rows pass. */
  private static final class Image {
    private final UnitOutput out;
    private final List<String> captions = new ArrayList<>();
    private String id;

    Image(UnitOutput out) {
      this.out = out;
    }

    void add(String image, String caption) throws IOException {
      if (!image.equals(id)) {
        write();
        id = image;
      }
      captions.add(caption);
    }

    void write() throws IOException {
      if (!captions.isEmpty()) {
        out.row(id, List.copyOf(captions));
        out.used(captions.size());
        captions.clear();
      }
    }
  }

  @Override
  public UnitCounts call(InputUnit unit) throws IOException {
    Configuration configuration = hadoop.value().value();
    TaskContext task = TaskContext.get();
    String attempt = task.stageId() + "-" + task.taskAttemptId();
    long[] left = {ties.getOrDefault(unit.name(), Long.MAX_VALUE)};
    try (UnitOutput out =
        UnitOutput.open(kept, unit.name(), attempt, SCHEMA, Map.of(), configuration)) {
      Image image = new Image(out);
      RowFiles.forEach(
          scores.data(unit.name()),
          configuration,
          row -> {
            if (isKept(row, left)) {
              image.add(row.getString("image", 0), row.getString("caption", 0));
            }
          });
      image.write();
      return out.commit();
    }
  }

  private boolean isKept(Group row, long[] left) {
    float score = row.getFloat("score", 0);
    return score > least || (score == least && left[0]-- > 0);
  }
}
