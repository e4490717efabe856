package io.lorgnette.generate;

import io.lorgnette.generate.Generation.Finish;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The loops from a batch of prompts to answers. Rows that have ended leave the batch. */
final class Decoding {

  private final GenerationConfig config;
  private final Texts texts;
  private final TokenListener listener;
  private final int vocabulary;
  private final Penalties penalties;
  private final int[][] histories; // of each prompt, what counts as said

  Decoding(
      GenerationConfig config,
      Texts texts,
      TokenListener listener,
      int[][] histories,
      int vocabulary) {
    this.config = config;
    this.texts = texts;
    this.listener = listener;
    this.vocabulary = vocabulary;
    penalties = new Penalties(config, vocabulary);
    this.histories = histories;
  }

  /** A row of greedy decoding or sampling. */
  private static final class Row {
    final int index;
    final Hypothesis sequence;
    final SplittableRandom random;
    final Texts.Watch watch; // or null
    Generation result;

    Row(int index, Hypothesis sequence, SplittableRandom random, Texts.Watch watch) {
      this.index = index;
      this.sequence = sequence;
      this.random = random;
      this.watch = watch;
    }
  }

  /** Greedy decoding or sampling: the answers to each prompt. */
  List<List<Generation>> rows(DecodingBatch batch) {
    int copies = config.numReturn();
    Sampler sampler = config.sampling() == null ? null : new Sampler(config.sampling(), vocabulary);
    List<Row> all = newRows(copies);
    List<Row> active = all;
    batch.expand(copies);
    while (true) {
      int[] ids = new int[active.size()];
      for (int r = 0; r < ids.length; r++) {
        if (active.get(r).result == null) {
          ids[r] = choose(active.get(r), r, batch, sampler);
        }
      }
      List<Row> present = active;
      int[] open = open(IntStream.range(0, ids.length), r -> present.get(r).result == null);
      if (open.length == 0) {
        break;
      }
      if (worthCompacting(open.length, ids.length)) {
        batch.keep(open);
        active = Arrays.stream(open).mapToObj(present::get).toList();
        ids = Arrays.stream(open).map(r -> present.get(r).sequence.last()).toArray();
      }
      batch.step(ids);
    }
    return IntStream.range(0, histories.length)
        .mapToObj(p -> all.subList(p * copies, (p + 1) * copies))
        .map(answers -> answers.stream().map(row -> row.result).toList())
        .toList();
  }

  private List<Row> newRows(int copies) {
    List<Row> rows = new ArrayList<>();
    for (int[] history : histories) {
      // The stream of random numbers is the same for every prompt: neighbours change nothing.
      SplittableRandom seeds =
          config.sampling() == null ? null : new SplittableRandom(config.sampling().seed());
      for (int copy = 0; copy < copies; copy++) {
        Hypothesis sequence = new Hypothesis(history, config.maxNewTokens());
        SplittableRandom random = seeds == null ? null : seeds.split();
        rows.add(new Row(rows.size(), sequence, random, texts.watch()));
      }
    }
    return rows;
  }

  private int choose(Row row, int r, Scores scores, Sampler sampler) {
    Hypothesis sequence = row.sequence;
    float[] values = scores.logits();
    int offset = scores.offset(r);
    if (penalties.active(sequence.length(), sequence.generated())) {
      values =
          penalties.apply(
              values, offset, 0, sequence.history(), sequence.length(), sequence.generated());
      offset = 0;
    }
    int best = best(values, offset);
    if (values[offset + best] == Float.NEGATIVE_INFINITY) {
      throw Penalties.nothingAllowed();
    }
    int id = sampler == null ? best : sampler.draw(values, offset, row.random);
    float logProbability = scores.logProbability(r, id);
    sequence.append(id, logProbability, logProbability);
    Finish finish = finish(row, id);
    if (finish != null) {
      row.result = sequence.finished(finish, config.lengthPenalty(), texts);
    }
    listener.token(row.index, id);
    return id;
  }

  private int best(float[] values, int offset) {
    int best = 0;
    for (int id = 1; id < vocabulary; id++) {
      if (values[offset + id] > values[offset + best]) {
        best = id;
      }
    }
    return best;
  }

  private Finish finish(Row row, int id) {
    if (config.eos().contains(id)) {
      return Finish.EOS;
    }
    if (row.watch != null && row.watch.stopsAt(id)) {
      return Finish.STOP;
    }
    return row.sequence.generated() == config.maxNewTokens() ? Finish.LENGTH : null;
  }

  /** Beam search: the answers to each prompt, best first. */
  List<List<Generation>> beams(DecodingBatch batch) {
    int beams = config.beams();
    List<BeamSearch> all =
        Arrays.stream(histories)
            .map(history -> new BeamSearch(config, texts, history, vocabulary))
            .toList();
    List<BeamSearch> active = all;
    for (int g = 0; g < all.size(); g++) {
      all.get(g).advance(batch, g, penalties);
    }
    batch.expand(beams);
    while (true) {
      List<BeamSearch> present = active;
      int[] open = open(IntStream.range(0, present.size()), g -> !present.get(g).done());
      if (open.length == 0) {
        break;
      }
      if (worthCompacting(open.length, present.size())) {
        active = Arrays.stream(open).mapToObj(present::get).toList();
        batch.keep(
            Arrays.stream(open)
                .flatMap(g -> IntStream.range(g * beams, (g + 1) * beams))
                .toArray());
      }
      step(batch, active);
    }
    List<List<Generation>> results = all.stream().map(BeamSearch::results).toList();
    tell(results);
    return results;
  }

  private void step(DecodingBatch batch, List<BeamSearch> searches) {
    int beams = config.beams();
    int[] parents = new int[searches.size() * beams];
    int[] ids = new int[parents.length];
    for (int row = 0; row < ids.length; row++) {
      BeamSearch search = searches.get(row / beams);
      parents[row] = row / beams * beams + search.parent(row % beams);
      ids[row] = search.token(row % beams);
    }
    batch.reorder(parents);
    batch.step(ids);
    for (int g = 0; g < searches.size(); g++) {
      if (!searches.get(g).done()) {
        searches.get(g).advance(batch, g * beams, penalties);
      }
    }
  }

  private void tell(List<List<Generation>> results) {
    for (int prompt = 0; prompt < results.size(); prompt++) {
      for (int id : results.get(prompt).get(0).ids()) {
        listener.token(prompt * config.numReturn(), id);
      }
    }
  }

  private static int[] open(IntStream rows, IntPredicate isOpen) {
    return rows.filter(isOpen).toArray();
  }

  /** Copying the cache pays when half of the rows are gone. */
  private static boolean worthCompacting(int open, int present) {
    return 2 * open <= present;
  }
}
