package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.Evaluation;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.evaluate.ShotVectors;
import io.lorgnette.method.Speaker;
import io.lorgnette.tensor.Workers;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.verbal.ShotSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A speaker that is asked about the images of a data set, with progress. */
record Interview(Console console, Workbench bench, Speaker speaker) {

  /** As the other, with shots drawn at random. */
  List<EvaluationRecord> about(
      FeaturedDataset set, Protocol protocol, Optional<FeaturedDataset> shotSource) {
    return about(set, protocol, shotSource, null);
  }

  /**
   * Captions where there are captions (once, without shots), answers where there are questions.
   *
   * @param vectors chooses shots whose images are like that of the question; or null for shots
   *     drawn at random
   * @throws InputException if there is neither
   */
  List<EvaluationRecord> about(
      FeaturedDataset set,
      Protocol protocol,
      Optional<FeaturedDataset> shotSource,
      ShotVectors vectors) {
    var features = bench.features();
    List<EvaluationRecord> records = new ArrayList<>();
    boolean captions = set.dataset().captionCount() > 0 && protocol.shots() == 0;
    boolean questions = set.dataset().questionCount() > 0;
    String system = speaker.method().kind().title();
    if (captions) {
      try (Workers workers = bench.workers();
          Progress progress =
              console.progress(system + " captions", "images", set.dataset().size())) {
        records.add(
            new Evaluation(
                    speaker, features, protocol, workers, (done, all) -> progress.at(done, ""))
                .captions(set));
      }
    }
    if (questions) {
      try (Workers workers = bench.workers();
          Progress progress =
              console.progress(system + " answers", "questions", set.dataset().questionCount())) {
        Evaluation evaluation =
            new Evaluation(
                speaker, features, protocol, workers, (done, all) -> progress.at(done, ""));
        records.add(
            vectors == null || shotSource.isEmpty()
                ? evaluation.answers(set, shotSource)
                : evaluation.answers(set, shotSource.get(), ShotSelection.IMAGE, vectors));
      }
    }
    if (!captions && !questions) {
      throw new InputException(
          "the data set " + set.dataset().name() + " has neither captions nor questions here");
    }
    return records;
  }
}
