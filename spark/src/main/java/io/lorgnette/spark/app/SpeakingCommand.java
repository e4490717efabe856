package io.lorgnette.spark.app;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.job.UnitJob;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFormat;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that let a model speak about images have in common. */
abstract class SpeakingCommand implements Runnable {

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
  public final void run() {
    JobOptions.inSession(this::run);
  }

  private void run(SparkSession session) {
    JavaSparkContext context = JobOptions.context(session);
    List<InputUnit> units = job.units(context);
    job.say(spec.commandLine().getOut(), speak(job.job(context, units), models, job.folder(form)));
  }

  /** Does the work of the command. */
  abstract UnitJob.Summary speak(UnitJob work, SpeakerOptions models, JobFolder folder);
}
