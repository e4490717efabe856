package io.lorgnette.spark.app;

import io.lorgnette.curate.SyntheticCaptions;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.job.CaptionFilterSettings;
import io.lorgnette.spark.model.JointSpec;
import io.lorgnette.spark.output.RowFormat;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark caption-filter}: captions that a model writes, the best of all kept. */
@Command(
    name = "caption-filter",
    mixinStandardHelpOptions = true,
    description =
        "Writes captions about the images, ranks them with the original ones in a joint space, and"
            + " keeps the best (CapFilt, as BLIP-2's data was made).")
final class CaptionFilterCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private JobOptions job;
  @Mixin private SpeakerOptions models;

  @Option(
      names = "--clip",
      required = true,
      paramLabel = "MODEL",
      description = "Model of images and texts that ranks, named as in filter.")
  private String clip;

  @Option(
      names = "--captions",
      paramLabel = "N",
      defaultValue = "" + SyntheticCaptions.WRITTEN,
      description = "Captions to write about an image (default: ${DEFAULT-VALUE}, as BLIP-2).")
  private int captions;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "" + SyntheticCaptions.KEPT,
      description = "Captions of an image that are kept (default: ${DEFAULT-VALUE}, as BLIP-2).")
  private int keep;

  @Option(
      names = "--top-p",
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description =
          "Words are drawn from the most probable ones that together have this share (default:"
              + " ${DEFAULT-VALUE}, as BLIP).")
  private double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Draws the words (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--as",
      paramLabel = "FORM",
      defaultValue = "json",
      description = "Rows as parquet or json, a line for each (default: ${DEFAULT-VALUE}).")
  private RowFormat form;

  @Override
  public void run() {
    CaptionFilterSettings settings = settings();
    JobOptions.inSession(session -> run(session, settings));
  }

  private void run(SparkSession session, CaptionFilterSettings settings) {
    JavaSparkContext context = JobOptions.context(session);
    List<InputUnit> units = job.units(context);
    job.say(
        spec.commandLine().getOut(),
        job.job(context, units).captionFilter(settings, job.folder(form)));
  }

  private CaptionFilterSettings settings() {
    return new CaptionFilterSettings(
        models.settings("captions"),
        new JointSpec(clip, models.device()),
        captions,
        topP,
        seed,
        keep);
  }
}
