package io.lorgnette.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A language model made of a table, and a beam search driven with it step by step. */
final class ScriptedScores implements Scores {

  private final int vocabulary;
  private final float[] logits;
  private final float[] logSums;

  private ScriptedScores(int vocabulary, int rows) {
    this.vocabulary = vocabulary;
    logits = new float[vocabulary * rows];
    logSums = new float[rows];
  }

  @Override
  public float[] logits() {
    return logits;
  }

  @Override
  public int offset(int row) {
    return row * vocabulary;
  }

  @Override
  public float logSum(int row) {
    return logSums[row];
  }

  /**
   * Runs a search to its end.
   *
   * @param model from the tokens so far to the probabilities of the next
   * @return the number of steps
   */
  static int run(
      BeamSearch search,
      GenerationConfig config,
      int vocabulary,
      Function<List<Integer>, double[]> model) {
    Penalties penalties = new Penalties(config, vocabulary);
    List<List<Integer>> beams = List.of(List.of());
    int steps = 0;
    while (!search.done()) {
      ScriptedScores scores = new ScriptedScores(vocabulary, config.beams());
      for (int row = 0; row < beams.size(); row++) {
        double[] probabilities = model.apply(beams.get(row));
        scores.logSums[row] = 0.25f * row; // scores need not be normalised
        for (int id = 0; id < vocabulary; id++) {
          scores.logits[row * vocabulary + id] =
              (float) Math.log(probabilities[id]) + scores.logSums[row];
        }
      }
      search.advance(scores, 0, penalties);
      steps++;
      List<List<Integer>> next = new ArrayList<>();
      for (int beam = 0; beam < config.beams(); beam++) {
        // A beam that is not in use goes on from the first with token 0.
        List<Integer> tokens = new ArrayList<>(beams.get(search.parent(beam)));
        tokens.add(search.token(beam));
        next.add(tokens);
      }
      beams = next;
    }
    return steps;
  }

  /** Ids as a list, to compare with one. */
  static List<Integer> ids(Generation generation) {
    return Arrays.stream(generation.ids()).boxed().toList();
  }
}
