package io.lorgnette.spark.app;

import io.lorgnette.feature.FeatureCache;
import io.lorgnette.spark.job.CollectedFeatures;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lorgnette-spark collect}: files of features become a feature cache on this machine. */
@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    description =
        "Brings features that the features command wrote into a feature cache on this machine,"
            + " where train finds them. Those that it has are passed over.")
final class CollectCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FOLDER", description = "What the features command wrote.")
  private String folder;

  @Option(
      names = "--into",
      required = true,
      paramLabel = "DIR",
      description = "Folder of feature caches on this machine.")
  private Path into;

  @Option(
      names = "--max-bytes",
      paramLabel = "N",
      defaultValue = "" + FeatureCache.DEFAULT_MAX_BYTES,
      description = "Bound on the cache's size (default: ${DEFAULT-VALUE}).")
  private long maxBytes;

  @Override
  public void run() {
    long records = CollectedFeatures.collect(folder, into, maxBytes, new Configuration());
    spec.commandLine().getOut().printf(Locale.ROOT, "%,d records in %s%n", records, into);
  }
}
