package io.lorgnette.generate;

import io.lorgnette.generate.Generation.Finish;
import java.util.SplittableRandom;

/**
 * Chooses the next tokens of sequences that share their settings, by greedy decoding or sampling.
 * Belongs to one thread, for it reuses its memory.
 */
final class Chooser {

  private final GenerationConfig config;
  private final Texts texts;
  private final int vocabulary;
  private final Penalties penalties;
  private final Sampler sampler; // or null

  Chooser(GenerationConfig config, Texts texts, int vocabulary) {
    this.config = config;
    this.texts = texts;
    this.vocabulary = vocabulary;
    penalties = new Penalties(config, vocabulary);
    sampler = config.sampling() == null ? null : new Sampler(config.sampling(), vocabulary);
  }

  /** A sequence that grows. */
  static final class Row {
    final int index;
    final Hypothesis sequence;
    final SplittableRandom random; // or null
    final Texts.Watch watch; // or null
    int ends; // end tokens that are passed over until the one that ends it
    Generation result;

    private Row(int index, Hypothesis sequence, SplittableRandom random, Texts.Watch watch) {
      this.index = index;
      this.sequence = sequence;
      this.random = random;
      this.watch = watch;
    }
  }

  /**
   * Where the random numbers of a prompt's answers come from; null for greedy decoding.
   *
   * @param seed of the prompt
   */
  SplittableRandom seeds(long seed) {
    return sampler == null ? null : new SplittableRandom(seed);
  }

  /** As {@link #seeds(long)} with the seed that all prompts have in common. */
  SplittableRandom seeds() {
    return sampler == null ? null : seeds(config.sampling().seed());
  }

  /**
   * A sequence at its beginning.
   *
   * @param index what the caller knows it by
   * @param history what counts as said
   * @param seeds of {@link #seeds}
   */
  Row row(int index, int[] history, SplittableRandom seeds) {
    SplittableRandom random = seeds == null ? null : seeds.split();
    return new Row(index, new Hypothesis(history, config.maxNewTokens()), random, texts.watch());
  }

  /**
   * Lets a sequence grow by a token, and sets its result if it ends with it.
   *
   * @param r its row of the scores
   * @return the token
   */
  int choose(Row row, int r, Scores scores) {
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
    if (config.eos().contains(id) && row.ends-- == 0) {
      return Finish.EOS;
    }
    if (row.watch != null && row.watch.stopsAt(id)) {
      return Finish.STOP;
    }
    return row.sequence.generated() == config.maxNewTokens() ? Finish.LENGTH : null;
  }
}
