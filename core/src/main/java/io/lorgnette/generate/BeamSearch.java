package io.lorgnette.generate;

import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.GenerationConfig.EarlyStopping;
import java.util.ArrayList;
import java.util.List;

/**
 * The beam search for one prompt, as Hugging Face's {@code generate} does it: the best
 * continuations of all beams are looked at, so many that every beam can go on even if all end
 * tokens are among them; one that ends enters the results only if it is among the first.
 *
 * <p>Plain Java over scores; belongs to one generation.
 */
final class BeamSearch {

  private final GenerationConfig config;
  private final Texts texts;
  private final int vocabulary;
  private final TopCandidates candidates;
  private final List<Generation> results = new ArrayList<>(); // best first, at most as beams
  private final int[] parents;
  private final Hypothesis ended; // scratch
  private Hypothesis[] running;
  private Hypothesis[] next;
  private int live = 1; // before the first step there is one sequence: the prompt
  private boolean done;

  BeamSearch(GenerationConfig config, Texts texts, int[] promptHistory, int vocabulary) {
    this.config = config;
    this.texts = texts;
    this.vocabulary = vocabulary;
    candidates = new TopCandidates(Math.max(2, 1 + config.eos().size()) * config.beams());
    parents = new int[config.beams()];
    ended = new Hypothesis(promptHistory, config.maxNewTokens());
    running = new Hypothesis[config.beams()];
    next = new Hypothesis[config.beams()];
    for (int i = 0; i < running.length; i++) {
      running[i] = new Hypothesis(promptHistory, config.maxNewTokens());
      next[i] = new Hypothesis(promptHistory, config.maxNewTokens());
    }
  }

  /**
   * Lets every beam grow by one token.
   *
   * @param firstRow row of the first beam in {@code scores}; the others follow
   */
  void advance(Scores scores, int firstRow, Penalties penalties) {
    candidates.clear();
    for (int beam = 0; beam < live; beam++) {
      offer(beam, scores, firstRow + beam, penalties);
    }
    if (candidates.size() == 0) {
      throw Penalties.nothingAllowed();
    }
    live = 0;
    for (int i = 0; i < candidates.size(); i++) {
      Hypothesis parent = running[candidates.beam(i)];
      Finish finish = finish(parent, candidates.id(i));
      if (finish == null && live < config.beams()) {
        parents[live] = candidates.beam(i);
        grow(next[live++], i, scores, firstRow);
      } else if (finish != null && i < config.beams()) {
        grow(ended, i, scores, firstRow);
        addResult(finish);
      }
    }
    Hypothesis[] old = running;
    running = next;
    next = old;
    done = live == 0 || (results.size() == config.beams() && !canImprove());
  }

  private void offer(int beam, Scores scores, int row, Penalties penalties) {
    Hypothesis h = running[beam];
    float[] logits = scores.logits();
    int offset = scores.offset(row);
    float logSum = scores.logSum(row);
    if (penalties.active(h.length(), h.generated())) {
      // The reference penalises log-probabilities here, but scores in greedy decoding.
      logits = penalties.apply(logits, offset, logSum, h.history(), h.length(), h.generated());
      offset = 0;
    }
    candidates.offer(beam, h.sum(), logits, offset, vocabulary, logSum);
  }

  /** Why a beam ends with this token, or null if it goes on. */
  private Finish finish(Hypothesis parent, int id) {
    if (config.eos().contains(id)) {
      return Finish.EOS;
    }
    if (texts.hasStops() && texts.stopped(parent.idsWith(id))) {
      return Finish.STOP;
    }
    return parent.generated() + 1 == config.maxNewTokens() ? Finish.LENGTH : null;
  }

  private void grow(Hypothesis to, int candidate, Scores scores, int firstRow) {
    int beam = candidates.beam(candidate);
    int id = candidates.id(candidate);
    to.copy(running[beam]);
    float logProbability = scores.logProbability(firstRow + beam, id);
    to.append(id, logProbability, candidates.score(candidate) - running[beam].sum());
  }

  private void addResult(Finish finish) {
    double score = ended.score(config.lengthPenalty());
    int rank = results.size();
    while (rank > 0 && results.get(rank - 1).score() < score) {
      rank--;
    }
    if (rank < config.beams()) {
      results.add(rank, ended.finished(finish, config.lengthPenalty(), texts));
    }
    if (results.size() > config.beams()) {
      results.remove(results.size() - 1);
    }
  }

  /** Whether the best open beam may still displace the worst result. */
  private boolean canImprove() {
    if (config.earlyStopping() == EarlyStopping.TRUE) {
      return false;
    }
    // A sum only falls; divided by a greater length it can rise nevertheless.
    boolean patient = config.earlyStopping() == EarlyStopping.NEVER && config.lengthPenalty() > 0;
    int length = patient ? config.maxNewTokens() : running[0].generated();
    double best = running[0].sum() / Math.pow(length, config.lengthPenalty());
    return best > results.get(results.size() - 1).score();
  }

  /** Whether the results are final. */
  boolean done() {
    return done;
  }

  /** Which beam of the step before a beam goes on from; 0 for a beam that is not in use. */
  int parent(int beam) {
    return beam < live ? parents[beam] : 0;
  }

  /** The newest token of a beam; any for a beam that is not in use. */
  int token(int beam) {
    return beam < live ? running[beam].last() : 0;
  }

  /** The answers, best first: as many as asked for, fewer only if so many do not exist. */
  List<Generation> results() {
    return List.copyOf(results.subList(0, Math.min(config.numReturn(), results.size())));
  }
}
