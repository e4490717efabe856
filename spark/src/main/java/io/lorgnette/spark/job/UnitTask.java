package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.input.ParquetColumns;
import io.lorgnette.spark.input.Sample;
import io.lorgnette.spark.input.Samples;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.UnitCounts;
import io.lorgnette.spark.output.UnitOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Does a unit: reads, decodes, looks at batches, writes, commits. */
final class UnitTask implements Function<InputUnit, UnitCounts> {

  private static final long serialVersionUID = 1;

  private final UnitWork work;
  private final JobFolder folder;
  private final ParquetColumns columns;
  private final Broadcast<SerializableConfiguration> hadoop;

  UnitTask(
      UnitWork work,
      JobFolder folder,
      ParquetColumns columns,
      Broadcast<SerializableConfiguration> hadoop) {
    this.work = work;
    this.folder = folder;
    this.columns = columns;
    this.hadoop = hadoop;
  }

  @Override
  public UnitCounts call(InputUnit unit) throws IOException {
    Configuration configuration = hadoop.value().value();
    TaskContext task = TaskContext.get();
    String attempt = task.stageId() + "-" + task.taskAttemptId();
    try (Samples samples = Samples.open(unit, columns, configuration);
        UnitOutput out =
            UnitOutput.open(
                folder, unit.name(), attempt, work.schema(), work.prepare(), configuration)) {
      long looked = 0;
      List<Seen> seen = new ArrayList<>();
      while (samples.hasNext()) {
        task.killTaskIfInterrupted();
        decode(samples.next(), seen, out);
        if (seen.size() == work.batch()) {
          look(unit, looked, seen, out);
          looked += seen.size();
          seen.clear();
        }
      }
      if (!seen.isEmpty()) {
        look(unit, looked, seen, out);
      }
      return out.commit();
    }
  }

  private static void decode(Sample sample, List<Seen> seen, UnitOutput out) throws IOException {
    if (sample.problem() != null) {
      out.problem(sample.id(), sample.problem());
      return;
    }
    try {
      RgbImage picture = ImageReader.read(sample.image(), sample.id());
      seen.add(new Seen(sample, picture));
    } catch (InputException e) {
      out.problem(sample.id(), e.getMessage());
    }
  }

  /** A batch in which something can not be used is looked at one by one. */
  private void look(InputUnit unit, long first, List<Seen> seen, UnitOutput out)
      throws IOException {
    try {
      write(work.rows(unit, first, seen), out);
      out.used(seen.size());
    } catch (InputException e) {
      if (seen.size() == 1) {
        out.problem(seen.get(0).sample().id(), e.getMessage());
        return;
      }
      for (int i = 0; i < seen.size(); i++) {
        look(unit, first + i, seen.subList(i, i + 1), out);
      }
    }
  }

  private static void write(List<Object[]> rows, UnitOutput out) throws IOException {
    for (Object[] row : rows) {
      out.row(row);
    }
  }
}
