package io.lorgnette.spark.app;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.curate.KeptPairs;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.model.JointSpec;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFormat;
import io.lorgnette.tensor.Device;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark filter}: the pairs that a joint space finds fitting, as CC-clean. */
@Command(
    name = "filter",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps the pairs of images and captions that are nearest in a joint space, as MAPL's CC-clean"
          + " was made of CC3M.",
      "Another --keep or --threshold on the same folder uses the scores that are there."
    })
final class FilterCommand implements Runnable {

  @Spec private CommandSpec spec;
  @Mixin private JobOptions job;

  @Option(
      names = "--clip",
      required = true,
      paramLabel = "MODEL",
      description =
          "Model of images and texts: its folder on every host or among --archives, an org/name in"
              + " the hub's cache there, or pocket-clip, the embedded one.")
  private String clip;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep exactly so many pairs, the nearest.")
  private Long keep;

  @Option(
      names = "--threshold",
      paramLabel = "COSINE",
      description = "Or keep all pairs from this cosine on.")
  private Double threshold;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(
      names = "--as",
      paramLabel = "FORM",
      defaultValue = "json",
      description = "Kept pairs as parquet or json, a line for each (default: ${DEFAULT-VALUE}).")
  private RowFormat form;

  @Override
  public void run() {
    if ((keep == null) == (threshold == null)) {
      throw new InputException("give either --keep N or --threshold COSINE");
    }
    JobOptions.inSession(this::run);
  }

  private void run(SparkSession session) {
    JavaSparkContext context = JobOptions.context(session);
    List<InputUnit> units = job.units(context);
    JobFolder scores = job.folder("scores", RowFormat.PARQUET);
    job.say(
        spec.commandLine().getOut(),
        job.job(context, units).scores(new JointSpec(clip, device), scores));
    KeptPairs pairs = new KeptPairs(session, scores, units);
    JobFolder folder = job.folder(keep != null ? "kept-" + keep : "kept-from-" + threshold, form);
    KeptPairs.Kept kept =
        keep != null ? pairs.nearest(keep, folder) : pairs.from(threshold, folder);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%,d of %,d pairs on %,d images are kept; the threshold is %.4f (%s)%n",
            kept.keptPairs(),
            kept.pairs(),
            kept.keptImages(),
            kept.threshold(),
            folder.path());
  }
}
