package io.lorgnette.spark.app;

import io.lorgnette.spark.job.UnitJob;
import io.lorgnette.spark.output.JobFolder;
import picocli.CommandLine.Command;

/** {@code lorgnette-spark caption}: a sentence about each image. */
@Command(
    name = "caption",
    mixinStandardHelpOptions = true,
    description = "Says in a sentence what each image shows.")
final class CaptionCommand extends SpeakingCommand {

  @Override
  UnitJob.Summary speak(UnitJob work, SpeakerOptions models, JobFolder folder) {
    return work.captions(models.settings("captions"), folder);
  }
}
