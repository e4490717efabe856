package io.lorgnette.evaluate;

import io.lorgnette.data.Dataset;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Workers;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.verbal.Likeness;
import io.lorgnette.verbal.ShotChoice;
import io.lorgnette.verbal.ShotSelection;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Asks a system about every image of a data set and scores what it says. Belongs to one thread. */
public final class Evaluation {

  /** Told how far it is, by any of the workers. */
  @FunctionalInterface
  public interface Listener {
    void said(long done, long total);
  }

  private final Speaker speaker;
  private final FeatureCache features;
  private final Protocol protocol;
  private final Listener listener;
  private final Workers workers;

  /**
   * An evaluation of one system.
   *
   * @param features hold every image that is asked about
   * @param workers each take a batch; what is said does not depend on their number
   */
  public Evaluation(
      Speaker speaker,
      FeatureCache features,
      Protocol protocol,
      Workers workers,
      Listener listener) {
    this.speaker = speaker;
    this.features = features;
    this.protocol = protocol;
    this.workers = workers;
    this.listener = listener;
  }

  /**
   * Captions every image that has references.
   *
   * @throws InputException if there is none
   */
  public EvaluationRecord captions(FeaturedDataset set) {
    List<QuestionPlace> places = new ArrayList<>();
    Dataset dataset = set.dataset();
    for (int i = 0; i < dataset.size(); i++) {
      if (set.keys().get(i).isPresent() && dataset.captionCount(i) > 0) {
        places.add(new QuestionPlace(set.keys().get(i).get(), dataset.example(i), null));
      }
    }
    require(!places.isEmpty(), dataset, "captions");
    return run(dataset, Task.CAPTIONS, places, i -> List.of(), List.of());
  }

  /**
   * Answers every question that has answers.
   *
   * @param shotSource where shots are drawn from, the training split; needed with shots
   * @throws InputException if there is none
   */
  public EvaluationRecord answers(FeaturedDataset set, Optional<FeaturedDataset> shotSource) {
    List<QuestionPlace> places = answered(set);
    List<QuestionPlace> shots = shotSource.map(source -> draw(source, set)).orElse(List.of());
    requireShots(set.dataset(), shots.size());
    List<String> shotIds = shots.stream().map(shot -> shot.question().id()).toList();
    return run(set.dataset(), Recording.answers(set.dataset()), places, i -> shots, shotIds);
  }

  /**
   * Answers every question that has answers behind the shots that are most like it, the most like
   * one last, nearest to the question (RICES where images are compared).
   *
   * @param shotSource the training split
   * @throws InputException if there is no question, or too few shots
   */
  public EvaluationRecord answers(
      FeaturedDataset set,
      FeaturedDataset shotSource,
      ShotSelection selection,
      ShotVectors vectors) {
    List<QuestionPlace> places = answered(set);
    List<QuestionPlace> pool = QuestionPlace.pool(shotSource, set);
    requireShots(set.dataset(), pool.size());
    BitSet whole = new BitSet();
    whole.set(0, pool.size());
    Likeness likeness = vectors.of(pool, places, selection);
    ShotChoice choice = new ShotChoice(likeness, whole, pool.size(), protocol.shotSeed());
    EvaluationRecord record =
        run(
            set.dataset(),
            Recording.answers(set.dataset()),
            places,
            i -> lastFirst(choice.choose(i, protocol.shots(), 1)[0], pool),
            List.of());
    record.scores().put("selection", selection.id()).put("pool", pool.size());
    return record.named(selection.id());
  }

  private static List<QuestionPlace> lastFirst(int[] chosen, List<QuestionPlace> pool) {
    List<QuestionPlace> shots = new ArrayList<>();
    for (int i = chosen.length - 1; i >= 0; i--) {
      shots.add(pool.get(chosen[i]));
    }
    return shots;
  }

  private static List<QuestionPlace> answered(FeaturedDataset set) {
    List<QuestionPlace> places = QuestionPlace.of(set);
    require(!places.isEmpty(), set.dataset(), "answered questions");
    return places;
  }

  private void requireShots(Dataset dataset, int found) {
    if (found < protocol.shots()) {
      throw new InputException(
          "evaluating with "
              + protocol.shots()
              + " shots needs as many answered questions of a training split of "
              + dataset.name()
              + " that are about other images, but there are "
              + found);
    }
  }

  /** Different images, none of them asked about, the same for every question and system. */
  private List<QuestionPlace> draw(FeaturedDataset source, FeaturedDataset asked) {
    Set<FeatureKey> taken = new HashSet<>();
    asked.keys().forEach(key -> key.ifPresent(taken::add));
    List<QuestionPlace> all = QuestionPlace.of(source);
    SplittableRandom random = new SplittableRandom(protocol.shotSeed());
    List<QuestionPlace> drawn = new ArrayList<>();
    for (int tries = 0; drawn.size() < protocol.shots() && tries < 1000 * all.size(); tries++) {
      QuestionPlace place = all.get(random.nextInt(all.size()));
      if (taken.add(place.key())) {
        drawn.add(place);
      }
    }
    return drawn;
  }

  private static void require(boolean holds, Dataset dataset, String what) {
    if (!holds) {
      throw new InputException(
          "the data set "
              + dataset.name()
              + " has no "
              + what
              + " to compare with; evaluate on another one");
    }
  }

  private EvaluationRecord run(
      Dataset dataset,
      Task task,
      List<QuestionPlace> places,
      IntFunction<List<QuestionPlace>> shots,
      List<String> shotIds) {
    long start = System.nanoTime();
    List<Item> items = new ArrayList<>();
    List<Callable<List<Item>>> batches = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    for (int from = 0; from < places.size(); from += protocol.batch()) {
      int first = from;
      int end = Math.min(places.size(), from + protocol.batch());
      batches.add(
          () -> {
            List<List<QuestionPlace>> shown = IntStream.range(first, end).mapToObj(shots).toList();
            List<Item> said = items(task, places.subList(first, end), shown);
            synchronized (listener) {
              listener.said(done.addAndGet(said.size()), places.size());
            }
            return said;
          });
    }
    workers.all(batches).forEach(items::addAll);
    double seconds = (System.nanoTime() - start) / 1e9;
    GenerationConfig decoding = task == Task.CAPTIONS ? protocol.captions() : protocol.answers();
    MethodKind kind = speaker.method().kind();
    String rule = PostProcessing.of(kind).variant();
    return new Recording(kind.id(), dataset, task, protocol, decoding, rule)
        .of(items, shotIds, seconds);
  }

  private List<Item> items(Task task, List<QuestionPlace> batch, List<List<QuestionPlace>> shots) {
    List<Utterance> said = say(task, batch, shots);
    PostProcessing rule = PostProcessing.of(speaker.method().kind());
    return IntStream.range(0, batch.size())
        .mapToObj(
            i -> {
              Utterance one = said.get(i);
              String text = task == Task.CAPTIONS ? one.text() : rule.answer(one.text());
              return batch.get(i).said(text, one.score());
            })
        .toList();
  }

  private List<Utterance> say(
      Task task, List<QuestionPlace> batch, List<List<QuestionPlace>> shots) {
    try (Scope scope = Scope.open()) {
      List<FeatureKey> keys = batch.stream().map(QuestionPlace::key).toList();
      if (task == Task.CAPTIONS) {
        return speaker.captions(features.get(keys), protocol.captions());
      }
      List<FeatureKey> images = keys.stream().distinct().toList();
      List<FeatureKey> shotImages =
          shots.stream().flatMap(List::stream).map(QuestionPlace::key).distinct().toList();
      List<Speaker.Asked> asked = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        QuestionPlace place = batch.get(i);
        List<Speaker.ShownShot> shown =
            shots.get(i).stream().map(s -> shown(s, shotImages)).toList();
        asked.add(new Speaker.Asked(images.indexOf(place.key()), place.question().text(), shown));
      }
      Tensor seen = shotImages.isEmpty() ? null : features.get(shotImages);
      return speaker.answers(features.get(images), asked, seen, protocol.answers());
    }
  }

  private static Speaker.ShownShot shown(QuestionPlace shot, List<FeatureKey> images) {
    return new Speaker.ShownShot(
        images.indexOf(shot.key()),
        shot.question().text(),
        shot.question().commonAnswer().orElseThrow());
  }
}
