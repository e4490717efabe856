package io.lorgnette.spark.app;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.RowFormat;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark caption}: a sentence about each image. */
@Command(
    name = "caption",
    mixinStandardHelpOptions = true,
    description = "Says in a sentence what each image shows.")
final class CaptionCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private JobOptions job;
  @Mixin private SpeakerOptions models;

  @Option(
      names = "--as",
      paramLabel = "FORM",
      defaultValue = "json",
      description = "Rows as parquet or json, a line for each (default: ${DEFAULT-VALUE}).")
  private RowFormat form;

  @Override
  public void run() {
    JobOptions.inSession(this::run);
  }

  private void run(SparkSession session) {
    JavaSparkContext context = JobOptions.context(session);
    List<InputUnit> units = job.units(context);
    job.say(
        spec.commandLine().getOut(),
        job.job(context, units).captions(models.settings("captions"), job.folder(form)));
  }
}
