package io.lorgnette.spark.job;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.input.ParquetColumns;
import io.lorgnette.spark.model.JointSpec;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.UnitCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Runs work on the units of an input, on all executors. */
public final class UnitJob {

  private final JavaSparkContext spark;
  private final List<InputUnit> units;
  private final ParquetColumns columns;

  /**
   * A job on an input.
   *
   * @param columns of Parquet files in it
   */
  public UnitJob(JavaSparkContext spark, List<InputUnit> units, ParquetColumns columns) {
    this.spark = spark;
    this.units = List.copyOf(units);
    this.columns = columns;
  }

  /**
   * What a folder has now.
   *
   * @param units all of the input
   * @param doneBefore those that were found done
   * @param counts of all units
   */
  public record Summary(int units, int doneBefore, UnitCounts counts) {}

  /** Features of the images. */
  public Summary features(FeatureSettings settings, JobFolder folder) {
    return run(new FeatureWork(settings), folder);
  }

  /** A caption of each image. */
  public Summary captions(SpeakingSettings settings, JobFolder folder) {
    return run(new CaptionWork(settings), folder);
  }

  /** An answer to each question. */
  public Summary answers(SpeakingSettings settings, JobFolder folder) {
    return run(new AnswerWork(settings), folder);
  }

  /** The cosine of each image with each of its captions. */
  public Summary scores(JointSpec joint, JobFolder folder) {
    return run(new ScoreWork(joint), folder);
  }

  /** The best of captions that are written and those that the images have. */
  public Summary captionFilter(CaptionFilterSettings settings, JobFolder folder) {
    return run(new CaptionFilterWork(settings), folder);
  }

  /** A perceptual hash of each image. */
  public Summary hashes(JobFolder folder) {
    return run(new HashWork(), folder);
  }

  private Summary run(UnitWork work, JobFolder given) {
    Configuration hadoop = spark.hadoopConfiguration();
    JobFolder folder = given.whole(hadoop);
    Map<String, String> settings = new HashMap<>(work.settings());
    settings.put("batch", Integer.toString(work.batch()));
    settings.put("columns", columns.toString());
    settings.put("rows", folder.format().name());
    folder.begin(work.name(), settings, units, hadoop);
    List<InputUnit> pending = folder.pending(units, hadoop);
    try {
      if (!pending.isEmpty()) {
        Broadcast<SerializableConfiguration> shared =
            spark.broadcast(new SerializableConfiguration(hadoop));
        spark
            .parallelize(pending, pending.size())
            .map(new UnitTask(work, folder, columns, shared))
            .collect();
        shared.destroy();
      }
      folder.clean(hadoop);
      UnitCounts counts = UnitCounts.NONE;
      for (InputUnit unit : units) {
        counts = counts.plus(folder.counts(unit.name(), hadoop));
      }
      return new Summary(units.size(), units.size() - pending.size(), counts);
    } catch (IOException e) {
      throw new UncheckedIOException(folder.path() + ": " + e.getMessage(), e);
    }
  }
}
