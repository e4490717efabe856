package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.nn.Parameters;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What trainings on images with their captions share: the captions are read, the data noted, and
 * the best weights kept.
 *
 * @param captions of {@code train}
 * @param held of {@code validation}; empty without
 * @param group of processes that train
 */
record PairTraining(
    RunFolder folder,
    List<FeaturedDataset> train,
    Blip2Captions captions,
    List<FeaturedDataset> validation,
    Optional<Blip2Captions> held,
    ProcessGroup group) {

  /**
   * Reads the captions.
   *
   * @param validation may be empty
   * @throws InputException if there is nothing to learn, or too little to compare
   */
  static PairTraining of(
      RunFolder folder,
      List<FeaturedDataset> train,
      List<FeaturedDataset> validation,
      ProcessGroup group,
      Function<List<FeaturedDataset>, Blip2Captions> read) {
    Blip2Captions captions = read.apply(train);
    Optional<Blip2Captions> held =
        validation.isEmpty() ? Optional.empty() : Optional.of(read.apply(validation));
    if (held.isPresent() && held.get().counts().images() < 2) {
      throw new InputException("data.validation has captions for one image only; give more");
    }
    return new PairTraining(folder, train, captions, validation, held, group);
  }

  /**
   * Trains, from the run's newest checkpoint if it has one.
   *
   * @param weights what the task trains
   * @param save keeps them as they are then, of the given step
   * @throws InputException if the data are not those that the run was started with
   */
  TrainingLoop.Result run(
      TrainingSettings settings,
      TrainingTask task,
      Parameters weights,
      LongConsumer save,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    RunNotes notes = new RunNotes(folder, group);
    notes.data(
        RunNotes.describe(train, captions.counts()),
        held.map(h -> RunNotes.describe(validation, h.counts())),
        run -> {});
    notes.processes(weights.asMap(), 0);
    TrainingLoop.Result result =
        new TrainingLoop(settings, task, folder, listener, 1, group).run(stopRequested);
    if (TrainingLoop.takeBest(folder, weights.asMap())) {
      save.accept(held.isPresent() ? result.bestStep() : result.step());
    }
    notes.result(
        result, "pairsSeen", result.step() * task.unitsPerStep(), weights.count(), node -> {});
    return result;
  }
}
