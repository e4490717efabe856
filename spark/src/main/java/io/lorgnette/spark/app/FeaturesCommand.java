package io.lorgnette.spark.app;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.job.FeatureSettings;
import io.lorgnette.spark.model.EncoderSpec;
import io.lorgnette.spark.output.RowFormat;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark features}: what an encoder makes of each image. */
@Command(
    name = "features",
    mixinStandardHelpOptions = true,
    description =
        "Writes the features of each image as Parquet, in the bytes of the feature cache, which"
            + " collect makes of them.")
final class FeaturesCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private JobOptions job;

  @Option(
      names = "--vision",
      paramLabel = "MODEL",
      defaultValue = "pocket",
      description =
          "Vision encoder: its folder on every host or among --archives, or an org/name in the"
              + " hub's cache there (default: ${DEFAULT-VALUE}, the embedded one).")
  private String vision;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Which of the encoder's outputs, as in a recipe (default: its own choice).")
  private String output;

  @Option(
      names = "--store",
      paramLabel = "FORMAT",
      defaultValue = "f16",
      description = "Number format in the files: f32, f16 or bf16 (default: ${DEFAULT-VALUE}).")
  private Dtype stored;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images that the encoder gets at once (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Override
  public void run() {
    FeatureSettings settings = settings();
    JobOptions.inSession(session -> run(session, settings));
  }

  private void run(SparkSession session, FeatureSettings settings) {
    JavaSparkContext context = JobOptions.context(session);
    List<InputUnit> units = job.units(context);
    job.say(
        spec.commandLine().getOut(),
        job.job(context, units).features(settings, job.folder(RowFormat.PARQUET)));
  }

  private FeatureSettings settings() {
    return new FeatureSettings(new EncoderSpec(vision, output, device), stored, batch);
  }
}
