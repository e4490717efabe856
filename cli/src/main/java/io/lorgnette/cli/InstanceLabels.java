package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.HallucinationScores;
import io.lorgnette.metrics.InstanceFiles;
import io.lorgnette.metrics.ObjectNames;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Labels of what is in the images, for scores of what is not. */
final class InstanceLabels {

  @Option(
      names = "--instances",
      paramLabel = "FILE",
      description =
          "Captions: COCO instance labels of the images, for CHAIR-style object hallucination"
              + " (CHAIR-i, CHAIR-s; lower is better).")
  private Path instances;

  @Option(
      names = "--object-names",
      paramLabel = "FILE",
      description =
          "With --instances: other words for the labels, a line a label with commas between, as"
              + " CHAIR's authors publish them (default: the labels' own names only).")
  private Path names;

  /**
   * The labels, if any were given.
   *
   * @throws InputException if names come without labels
   */
  Optional<InstanceLabels> given() {
    if (instances == null && names != null) {
      throw new InputException("--object-names belongs to --instances; give both");
    }
    return instances == null ? Optional.empty() : Optional.of(this);
  }

  HallucinationScores scores(CaptionFiles.Captions captions) {
    InstanceFiles.Instances labels = InstanceFiles.read(instances);
    ObjectNames words =
        names == null ? ObjectNames.of(labels.categories()) : ObjectNames.read(names);
    return HallucinationScores.of(
        labels.objects(), captions.references(), captions.results(), words);
  }
}
