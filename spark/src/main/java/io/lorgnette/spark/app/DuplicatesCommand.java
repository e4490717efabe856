package io.lorgnette.spark.app;

import io.lorgnette.data.ImageHash;
import io.lorgnette.spark.curate.NearDuplicates;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFormat;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark duplicates}: images that are nearly the same as an earlier one. */
@Command(
    name = "duplicates",
    mixinStandardHelpOptions = true,
    description =
        "Finds images that are nearly the same as an earlier one by a perceptual hash: dropped has"
            + " each of them with the earlier one, kept the others.")
final class DuplicatesCommand implements Runnable {

  private static final int BANDS = 6;

  @Spec private CommandSpec spec;
  @Mixin private JobOptions job;

  @Option(
      names = "--distance",
      paramLabel = "BITS",
      defaultValue = "" + ImageHash.NEAR,
      description = "Bits of 128 that may differ (default: ${DEFAULT-VALUE}).")
  private int distance;

  @Option(
      names = "--bands",
      paramLabel = "N",
      defaultValue = "" + BANDS,
      description =
          "Into which the bits are cut; no pair is missed with any number that is accepted"
              + " (default: ${DEFAULT-VALUE}).")
  private int bands;

  @Override
  public void run() {
    NearDuplicates search = search();
    JobOptions.inSession(session -> run(session, search));
  }

  private void run(SparkSession session, NearDuplicates search) {
    JavaSparkContext context = JobOptions.context(session);
    List<InputUnit> units = job.units(context);
    JobFolder folder = job.folder("hashes", RowFormat.PARQUET);
    job.say(spec.commandLine().getOut(), job.job(context, units).hashes(folder));
    Dataset<Row> hashes = session.read().parquet(folder.data().toString());
    String dropped = job.out() + "/dropped";
    search.dropped(hashes).write().mode(SaveMode.Overwrite).parquet(dropped);
    Dataset<Row> gone = session.read().parquet(dropped);
    hashes
        .join(gone, new String[] {"number"}, "left_anti")
        .select("image", "number")
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(job.out() + "/kept");
    long all = hashes.count();
    long out = gone.count();
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%,d of %,d images are within %d bits of an earlier one; %,d are kept%n",
            out,
            all,
            distance,
            all - out);
  }

  private NearDuplicates search() {
    return new NearDuplicates(distance, bands);
  }
}
