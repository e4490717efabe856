package io.lorgnette.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Question;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Workers;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.verbal.Likeness;
import io.lorgnette.verbal.Pica;
import io.lorgnette.verbal.PicaPrompt;
import io.lorgnette.verbal.PicaRecipe;
import io.lorgnette.verbal.ShotChoice;
import io.lorgnette.verbal.ShotSelection;
import io.lorgnette.verbal.Told;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks PICa the questions of a data set. Belongs to one thread.
 *
 * <p>Examples come from the training split; those about images that are asked about are left out.
 */
public final class PicaEvaluation {

  /** How the publication's answers are prepared, for people. */
  static final String RULE = "no full stops, commas, capitals, or the words a, an, the, to";

  private static final int BATCH = 4;

  /** Puts images into words, one for each place. */
  @FunctionalInterface
  public interface Words {
    List<Told> of(List<QuestionPlace> places);
  }

  private final Pica pica;
  private final PicaRecipe recipe;
  private final Words words;
  private final ShotVectors vectors;
  private final Workers workers;
  private final Evaluation.Listener listener;

  /**
   * An evaluation.
   *
   * @param vectors asked only where shots are chosen by likeness
   */
  public PicaEvaluation(
      Pica pica,
      PicaRecipe recipe,
      Words words,
      ShotVectors vectors,
      Workers workers,
      Evaluation.Listener listener) {
    this.pica = pica;
    this.recipe = recipe;
    this.words = words;
    this.vectors = vectors;
    this.workers = workers;
    this.listener = listener;
  }

  /**
   * Answers every question that has answers.
   *
   * @param source the training split, needed with shots
   * @throws InputException if there are no questions, or too few examples
   */
  public EvaluationRecord answers(
      FeaturedDataset set, Optional<FeaturedDataset> source, Protocol protocol) {
    Dataset dataset = set.dataset();
    List<QuestionPlace> asked = QuestionPlace.of(set);
    if (asked.isEmpty()) {
      throw new InputException(
          "the data set " + dataset.name() + " has no answered questions; evaluate on another one");
    }
    List<QuestionPlace> pool =
        protocol.shots() == 0
            ? List.of()
            : source.map(all -> QuestionPlace.pool(all, set)).orElse(List.of());
    List<Told> told = words.of(asked);
    List<Told> poolTold = words.of(pool);
    ShotChoice choice = choice(pool, asked, protocol);
    long start = System.nanoTime();
    List<Callable<List<Said>>> batches = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    for (int from = 0; from < asked.size(); from += BATCH) {
      int first = from;
      int end = Math.min(asked.size(), from + BATCH);
      batches.add(
          () -> {
            List<Said> said = new ArrayList<>();
            List<List<String>> prompts = new ArrayList<>();
            for (int i = first; i < end; i++) {
              int[][] shots = choice.choose(i, protocol.shots(), recipe.members());
              prompts.add(prompts(asked.get(i), told.get(i), shots, pool, poolTold));
            }
            List<Pica.Answer> answers = pica.answers(prompts);
            for (int i = first; i < end; i++) {
              said.add(new Said(asked.get(i), answers.get(i - first)));
            }
            synchronized (listener) {
              listener.said(done.addAndGet(end - first), asked.size());
            }
            return said;
          });
    }
    List<Item> items = new ArrayList<>();
    workers.all(batches).forEach(batch -> batch.forEach(said -> items.add(said.item())));
    double seconds = (System.nanoTime() - start) / 1e9;
    EvaluationRecord record =
        new Recording(
                PicaRecipe.METHOD,
                dataset,
                Recording.answers(dataset),
                protocol,
                pica.decoding(),
                RULE)
            .of(items, List.of(), seconds);
    note(record.scores(), pool.size());
    return record;
  }

  private record Said(QuestionPlace place, Pica.Answer answer) {
    Item item() {
      Pica.Said best = answer.said();
      return place.said(best.answer(), best.tokens() == 0 ? 0 : best.score() / best.tokens());
    }
  }

  private void note(ObjectNode scores, int pool) {
    scores.put("members", recipe.members());
    scores.put("selection", recipe.selection().id()).put("pool", pool);
    scores.put("words", recipe.words().fromFiles() ? "files" : recipe.words().captioner());
  }

  private ShotChoice choice(
      List<QuestionPlace> pool, List<QuestionPlace> asked, Protocol protocol) {
    BitSet whole = new BitSet();
    for (int i = 0; i < pool.size(); i++) {
      Question question = pool.get(i).question();
      whole.set(i, !question.text().isEmpty() && !question.answers().get(0).isEmpty());
    }
    boolean random = recipe.selection() == ShotSelection.RANDOM || pool.isEmpty();
    Likeness likeness = random ? null : vectors.of(pool, asked, recipe.selection());
    return new ShotChoice(likeness, whole, pool.size(), protocol.shotSeed());
  }

  private List<String> prompts(
      QuestionPlace place,
      Told told,
      int[][] shots,
      List<QuestionPlace> pool,
      List<Told> poolTold) {
    List<String> prompts = new ArrayList<>();
    for (int[] member : shots) {
      List<PicaPrompt.Shot> shown = new ArrayList<>();
      for (int at : member) {
        Told words = poolTold.get(at);
        Question question = pool.get(at).question();
        shown.add(
            new PicaPrompt.Shot(
                recipe.tagsOfShots() ? words.text() : words.caption(),
                question.text(),
                question.answers().get(0)));
      }
      prompts.add(PicaPrompt.of(shown, told.text(), place.question().text()));
    }
    return prompts;
  }
}
