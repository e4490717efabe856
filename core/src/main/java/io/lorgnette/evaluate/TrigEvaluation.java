package io.lorgnette.evaluate;

import io.lorgnette.data.Dataset;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation;
import io.lorgnette.tensor.Workers;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.TrigRecipe;
import io.lorgnette.verbal.Told;
import io.lorgnette.verbal.Trig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** Asks a system in the manner of TRiG the questions of a data set. Belongs to one thread. */
public final class TrigEvaluation {

  private final Trig trig;
  private final PicaEvaluation.Words words;
  private final BiFunction<String, Told, List<String>> passages;
  private final Workers workers;
  private final Evaluation.Listener listener;

  /**
   * An evaluation.
   *
   * @param passages texts for a question and its image's words, best first
   */
  public TrigEvaluation(
      Trig trig,
      PicaEvaluation.Words words,
      BiFunction<String, Told, List<String>> passages,
      Workers workers,
      Evaluation.Listener listener) {
    this.trig = trig;
    this.words = words;
    this.passages = passages;
    this.workers = workers;
    this.listener = listener;
  }

  /**
   * Answers every question that has answers.
   *
   * @throws InputException if there is none
   */
  public EvaluationRecord answers(FeaturedDataset set, Protocol protocol) {
    Dataset dataset = set.dataset();
    List<QuestionPlace> asked = QuestionPlace.of(set);
    if (asked.isEmpty()) {
      throw new InputException(
          "the data set " + dataset.name() + " has no answered questions; evaluate on another one");
    }
    List<Told> told = words.of(asked);
    long start = System.nanoTime();
    AtomicInteger done = new AtomicInteger();
    List<Callable<List<Item>>> batches = new ArrayList<>();
    for (int from = 0; from < asked.size(); from += protocol.batch()) {
      int first = from;
      int end = Math.min(asked.size(), from + protocol.batch());
      batches.add(
          () -> {
            List<Item> items = items(asked.subList(first, end), told.subList(first, end), protocol);
            synchronized (listener) {
              listener.said(done.addAndGet(items.size()), asked.size());
            }
            return items;
          });
    }
    List<Item> items = new ArrayList<>();
    workers.all(batches).forEach(items::addAll);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Recording(
            TrigRecipe.METHOD,
            dataset,
            Recording.answers(dataset),
            protocol,
            protocol.answers(),
            PostProcessing.STRIP.variant())
        .of(items, List.of(), seconds);
  }

  private List<Item> items(List<QuestionPlace> places, List<Told> told, Protocol protocol) {
    List<Trig.Input> inputs = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      String question = places.get(i).question().text();
      List<String> found = passages.apply(question, told.get(i));
      inputs.add(trig.encode(Trig.texts(question, told.get(i), found)));
    }
    List<Generation> answers = trig.answers(inputs, protocol.answers());
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Generation answer = answers.get(i);
      items.add(
          places
              .get(i)
              .said(
                  PostProcessing.STRIP.answer(answer.text().orElseThrow()),
                  answer.logProbabilityPerToken()));
    }
    return items;
  }
}
