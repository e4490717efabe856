package io.lorgnette.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The loops from a batch of prompts to answers, a token for every row at a time. Rows that have
 * ended leave the batch. Belongs to one thread.
 */
abstract class Decoding {

  final GenerationConfig config;
  final TokenListener listener;
  final DecodingBatch batch;

  private Decoding(GenerationConfig config, TokenListener listener, DecodingBatch batch) {
    this.config = config;
    this.listener = listener;
    this.batch = batch;
  }

  /**
   * The loop for a configuration.
   *
   * @param batch in which the prompts have been run; it stays the caller's to close
   * @param histories of each prompt, what counts as said
   * @param seeds of each prompt when sampling; null for the configuration's, the same for all
   */
  static Decoding of(
      GenerationConfig config,
      Texts texts,
      TokenListener listener,
      DecodingBatch batch,
      int[][] histories,
      long[] seeds,
      int vocabulary) {
    return config.beams() > 1
        ? new Beams(config, texts, listener, batch, histories, vocabulary)
        : new Rows(config, texts, listener, batch, histories, seeds, vocabulary);
  }

  /** Lets every sequence grow by a token; false if all had ended. */
  abstract boolean step();

  /** The answers to each prompt, once {@link #step} has said false. */
  abstract List<List<Generation>> results();

  /** Takes all steps. */
  List<List<Generation>> toTheEnd() {
    boolean open = true;
    while (open) {
      open = step();
    }
    return results();
  }

  private static int[] open(int count, IntPredicate isOpen) {
    return IntStream.range(0, count).filter(isOpen).toArray();
  }

  /** Copying the cache pays when half of the rows are gone. */
  static boolean worthCompacting(int open, int present) {
    return 2 * open <= present;
  }

  /** Greedy decoding or sampling. */
  private static final class Rows extends Decoding {

    private final Chooser chooser;
    private final int vocabulary;
    private final List<Chooser.Row> all = new ArrayList<>();
    private List<Chooser.Row> active;

    Rows(
        GenerationConfig config,
        Texts texts,
        TokenListener listener,
        DecodingBatch batch,
        int[][] histories,
        long[] seeds,
        int vocabulary) {
      super(config, listener, batch);
      this.vocabulary = vocabulary;
      chooser = new Chooser(config, texts, vocabulary);
      for (int prompt = 0; prompt < histories.length; prompt++) {
        // A stream of random numbers for every prompt: neighbours change nothing.
        SplittableRandom random = seeds == null ? chooser.seeds() : chooser.seeds(seeds[prompt]);
        for (int copy = 0; copy < config.numReturn(); copy++) {
          all.add(chooser.row(all.size(), histories[prompt], random));
        }
      }
      active = all;
      batch.expand(config.numReturn());
    }

    @Override
    boolean step() {
      List<Chooser.Row> present = active;
      int[] ids = new int[present.size()];
      for (int r = 0; r < ids.length; r++) {
        Chooser.Row row = present.get(r);
        if (row.result == null) {
          ids[r] = chooser.choose(row, r, batch);
          int likely = listener.likely(row.index);
          listener.token(row.index, batch.token(r, ids[r], likely, vocabulary));
        }
      }
      int[] open = open(ids.length, r -> present.get(r).result == null);
      if (open.length == 0) {
        return false;
      }
      if (worthCompacting(open.length, ids.length)) {
        batch.keep(open);
        active = Arrays.stream(open).mapToObj(present::get).toList();
        ids = Arrays.stream(open).map(r -> present.get(r).sequence.last()).toArray();
      }
      batch.step(ids);
      return true;
    }

    @Override
    List<List<Generation>> results() {
      int copies = config.numReturn();
      return IntStream.range(0, all.size() / copies)
          .mapToObj(p -> all.subList(p * copies, (p + 1) * copies))
          .map(answers -> answers.stream().map(row -> row.result).toList())
          .toList();
    }
  }

  /** Beam search; answers are best first. */
  private static final class Beams extends Decoding {

    private final Penalties penalties;
    private final List<BeamSearch> all;
    private List<BeamSearch> active;
    private boolean told;

    Beams(
        GenerationConfig config,
        Texts texts,
        TokenListener listener,
        DecodingBatch batch,
        int[][] histories,
        int vocabulary) {
      super(config, listener, batch);
      penalties = new Penalties(config, vocabulary);
      all =
          Arrays.stream(histories)
              .map(history -> new BeamSearch(config, texts, history, vocabulary))
              .toList();
      active = all;
      for (int g = 0; g < all.size(); g++) {
        all.get(g).advance(batch, g, penalties);
      }
      batch.expand(config.beams());
    }

    @Override
    boolean step() {
      int beams = config.beams();
      List<BeamSearch> present = active;
      int[] open = open(present.size(), g -> !present.get(g).done());
      if (open.length == 0) {
        tell();
        return false;
      }
      if (worthCompacting(open.length, present.size())) {
        active = Arrays.stream(open).mapToObj(present::get).toList();
        batch.keep(
            Arrays.stream(open)
                .flatMap(g -> IntStream.range(g * beams, (g + 1) * beams))
                .toArray());
      }
      grow(active);
      return true;
    }

    private void grow(List<BeamSearch> searches) {
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

    private void tell() {
      if (told) {
        return;
      }
      told = true;
      List<List<Generation>> results = results();
      for (int prompt = 0; prompt < results.size(); prompt++) {
        for (int id : results.get(prompt).get(0).ids()) {
          listener.token(prompt * config.numReturn(), id);
        }
      }
    }

    @Override
    List<List<Generation>> results() {
      return all.stream().map(BeamSearch::results).toList();
    }
  }
}
