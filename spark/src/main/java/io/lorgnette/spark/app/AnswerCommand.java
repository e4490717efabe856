package io.lorgnette.spark.app;

import io.lorgnette.spark.job.UnitJob;
import io.lorgnette.spark.output.JobFolder;
import picocli.CommandLine.Command;

/** {@code lorgnette-spark answer}: an answer to each question about each image. */
@Command(
    name = "answer",
    mixinStandardHelpOptions = true,
    description = "Answers the questions that stand beside the images.")
final class AnswerCommand extends SpeakingCommand {

  @Override
  UnitJob.Summary speak(UnitJob work, SpeakerOptions models, JobFolder folder) {
    return work.answers(models.settings("answers"), folder);
  }
}
