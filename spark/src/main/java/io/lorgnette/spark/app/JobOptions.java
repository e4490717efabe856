package io.lorgnette.spark.app;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.input.InputUnits;
import io.lorgnette.spark.input.ParquetColumns;
import io.lorgnette.spark.job.UnitJob;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFormat;
import io.lorgnette.spark.output.UnitCounts;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which images a job is about, and where its rows go. */
final class JobOptions {

  @Parameters(
      arity = "1..*",
      paramLabel = "INPUT",
      description =
          "Tar shards, Parquet files, images, folders of these, or patterns, on any Hadoop file"
              + " system.")
  private List<String> inputs;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FOLDER",
      description = "Where rows, problems and the manifest go.")
  private String out;

  @Option(
      names = "--files-per-unit",
      paramLabel = "N",
      defaultValue = "" + InputUnits.DEFAULT_FILES,
      description = "Images of folders that one task does (default: ${DEFAULT-VALUE}).")
  private int filesPerUnit;

  @Option(
      names = "--image-column",
      paramLabel = "NAME",
      defaultValue = "image",
      description = "Of Parquet files: bytes, or bytes in a group (default: ${DEFAULT-VALUE}).")
  private String image;

  @Option(
      names = "--id-column",
      paramLabel = "NAME",
      defaultValue = "id",
      description =
          "Of Parquet files; their row's number where missing (default: ${DEFAULT-VALUE}).")
  private String id;

  @Option(
      names = "--caption-column",
      paramLabel = "NAME",
      defaultValue = "caption",
      description = "Of Parquet files: a text or several (default: ${DEFAULT-VALUE}).")
  private String caption;

  @Option(
      names = "--question-column",
      paramLabel = "NAME",
      defaultValue = "question",
      description = "Of Parquet files: a text or several (default: ${DEFAULT-VALUE}).")
  private String question;

  /** Does something in the session that is there, or in one that ends with it. */
  static void inSession(Consumer<SparkSession> work) {
    boolean lent = SparkSession.getDefaultSession().isDefined();
    SparkSession session = SparkSession.builder().appName("Lorgnette").getOrCreate();
    try {
      work.accept(session);
    } finally {
      if (!lent) {
        session.stop();
      }
    }
  }

  static JavaSparkContext context(SparkSession session) {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  List<InputUnit> units(JavaSparkContext context) {
    return InputUnits.find(inputs, filesPerUnit, context.hadoopConfiguration());
  }

  UnitJob job(JavaSparkContext context, List<InputUnit> units) {
    return new UnitJob(context, units, new ParquetColumns(image, id, caption, question));
  }

  JobFolder folder(RowFormat format) {
    return new JobFolder(out, format);
  }

  /** A job's folder inside the output. */
  JobFolder folder(String name, RowFormat format) {
    return new JobFolder(out + "/" + name, format);
  }

  String out() {
    return out;
  }

  void say(PrintWriter console, UnitJob.Summary summary) {
    UnitCounts counts = summary.counts();
    console.printf(
        Locale.ROOT,
        "%,d rows of %,d images in %,d units, %,d of them done before; %,d images left out%s%n",
        counts.rows(),
        counts.images(),
        summary.units(),
        summary.doneBefore(),
        counts.broken(),
        counts.broken() == 0 ? "" : " (" + out + ": problems)");
  }
}
