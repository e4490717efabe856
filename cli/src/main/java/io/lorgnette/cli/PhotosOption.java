package io.lorgnette.cli;

import io.lorgnette.data.Dataset;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import picocli.CommandLine.Option;

/** Which photos a system is shown: each image's own, or other images' as a control. */
final class PhotosOption {

  /** Photos are exchanged in the same way for every system. */
  private static final long SEED = 1;

  private static final long GALLERY_SEED = 1;

  @Option(
      names = "--shuffle-photos",
      description =
          "Show every image's photo for another one, the same exchange for every system: what is"
              + " scored then is said without seeing. Recorded beside the other evaluations.")
  private boolean shuffled;

  boolean shuffled() {
    return shuffled;
  }

  /** The data set as the system sees it. */
  FeaturedDataset shown(FeaturedDataset set) {
    return shuffled ? set.withPhotosExchanged(SEED) : set;
  }

  /** The record under the name of what was shown. */
  EvaluationRecord named(EvaluationRecord record) {
    return shuffled ? record.withPhotosExchanged(SEED) : record;
  }

  /** Writes a record, and its pictures where they are those that were shown. */
  void write(RunFolder folder, EvaluationRecord record, Dataset dataset) {
    record.write(folder);
    if (!shuffled) {
      Gallery.write(folder, record, dataset, GALLERY_SEED);
    }
  }
}
