package io.lorgnette.cli;

import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.MeteorData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Caption metrics that need more than this program carries. */
final class CaptionMetricOptions {

  @Option(
      names = "--meteor-data",
      paramLabel = "FOLDER",
      defaultValue = "${env:LORGNETTE_METEOR_DATA}",
      description =
          "Captions: METEOR's word lists and paraphrases, the folder \"meteor\" of the Python"
              + " package pycocoevalcap (default: LORGNETTE_METEOR_DATA). Without it only the"
              + " lesser METEOR (exact, stem) is computed.")
  private Path meteorData;

  @Option(
      names = "--spice",
      negatable = true,
      description =
          "Captions: insist on SPICE, or leave it out (default: computed if its jar is on"
              + " LORGNETTE_CLASSPATH).")
  private Boolean spice;

  /**
   * The options with METEOR's word lists and the metrics of other jars where they are at hand.
   *
   * @param progress hears of parsed captions
   */
  CaptionOptions options(CaptionOptions base, ParsingProgress progress) {
    CaptionOptions options = base.with(ExtraMetrics.chosen(spice), progress);
    return meteorData == null ? options : options.with(MeteorData.load(meteorData));
  }

  /** These options as they were given, for another command. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (meteorData != null) {
      arguments.addAll(List.of("--meteor-data", meteorData.toString()));
    }
    if (spice != null) {
      arguments.add(spice ? "--spice" : "--no-spice");
    }
    return arguments;
  }
}
