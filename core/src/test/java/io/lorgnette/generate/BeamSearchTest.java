package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.GenerationConfig.EarlyStopping;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BeamSearchTest {

  private static final int END = 0;
  private static final int A = 1;
  private static final int B = 2;
  private static final Texts NO_TEXT = new Texts(null, List.of());

  private static BeamSearch search(GenerationConfig config, int vocabulary) {
    return new BeamSearch(config, NO_TEXT, new int[0], vocabulary);
  }

  /** A sequence that ends early and poorly, and one that becomes good only late. */
  private static double[] lateBloomer(List<Integer> tokens) {
    double[][] byLength = {
      {0.4, 0.5, 0.1}, // the end alone: ln 0.4 = -0.92
      {0.45, 0.45, 0.1}, // A and the end: ln(0.5 * 0.45) / 2 = -0.75
      {0.02, 0.5, 0.48}, // from here A A A: -0.73 a token
      {0.02, 0.25, 0.73},
      {0.001, 0.1, 0.899}
    };
    return tokens.size() < 5 ? byLength[tokens.size()] : new double[] {0.98, 0.01, 0.01};
  }

  @Test
  void stopsAtOnceWhenAskedTo() {
    GenerationConfig config =
        GenerationConfig.beams(2, 10).withEos(END).withRanking(1, EarlyStopping.TRUE);
    BeamSearch search = search(config.withNumReturn(2), 3);
    int steps = ScriptedScores.run(search, config, 3, BeamSearchTest::lateBloomer);
    assertThat(steps).isEqualTo(2);
    List<Generation> results = search.results();
    assertThat(ScriptedScores.ids(results.get(0))).containsExactly(A, END);
    assertThat(results.get(0).score()).isCloseTo(Math.log(0.5 * 0.45) / 2, within(1e-6));
    assertThat(results.get(0).finish()).isEqualTo(Finish.EOS);
    assertThat(ScriptedScores.ids(results.get(1))).containsExactly(END);
  }

  @Test
  void looksFurtherWhileAnOpenBeamIsBetterThanTheWorstResult() {
    GenerationConfig config = GenerationConfig.beams(2, 10).withEos(END);
    BeamSearch search = search(config, 3);
    int steps = ScriptedScores.run(search, config, 3, BeamSearchTest::lateBloomer);
    // Sums of the best open beam divided by its length: -0.75, -0.73, -0.63, ... all above -0.92.
    assertThat(steps).isGreaterThan(2);
    assertThat(search.results().get(0).score()).isGreaterThan(Math.log(0.5 * 0.45) / 2);
  }

  /** After two results the open beam is poor at its length, but all but certain from there on. */
  private static double[] recovering(List<Integer> tokens) {
    double[][] byLength = {{0.4, 0.5, 0.1}, {0.45, 0.45, 0.1}, {0.01, 0.145, 0.1451}};
    double certain = 0.997;
    return switch (tokens.size()) {
      case 0, 1, 2 -> byLength[tokens.size()];
      case 3, 4, 5, 6 -> new double[] {(1 - certain) / 2, certain, (1 - certain) / 2};
      default -> new double[] {certain, (1 - certain) / 2, (1 - certain) / 2};
    };
  }

  @Test
  void neverStopsBeforeNoBeamCanImprove() {
    GenerationConfig soon = GenerationConfig.beams(2, 12).withEos(END);
    BeamSearch impatient = search(soon, 3);
    assertThat(ScriptedScores.run(impatient, soon, 3, BeamSearchTest::recovering)).isEqualTo(3);
    assertThat(ScriptedScores.ids(impatient.results().get(0))).containsExactly(A, END);

    GenerationConfig never = soon.withRanking(1, EarlyStopping.NEVER);
    BeamSearch patient = search(never, 3);
    assertThat(ScriptedScores.run(patient, never, 3, BeamSearchTest::recovering)).isGreaterThan(7);
    assertThat(patient.results().get(0).ids()).hasSize(8);
  }

  @Test
  void countsAnEndOnlyAmongTheFirst() {
    // Two tokens are more probable than the end, so that with two beams the end does not count.
    GenerationConfig config = GenerationConfig.beams(2, 1).withEos(END).withNumReturn(2);
    BeamSearch search = search(config, 3);
    ScriptedScores.run(search, config, 3, tokens -> new double[] {0.2, 0.3, 0.5});
    assertThat(search.results().stream().map(ScriptedScores::ids))
        .containsExactly(List.of(B), List.of(A));
    assertThat(search.results()).allMatch(result -> result.finish() == Finish.LENGTH);
  }

  @Test
  void everyBeamGoesOnThoughAllEndTokensAreProbable() {
    // Three end tokens in front of the only two that go on.
    GenerationConfig config = GenerationConfig.beams(2, 2).withEos(0, 1, 2).withNumReturn(2);
    BeamSearch search = search(config, 5);
    int steps =
        ScriptedScores.run(
            search,
            config,
            5,
            tokens ->
                tokens.isEmpty()
                    ? new double[] {0.3, 0.29, 0.28, 0.07, 0.06}
                    : new double[] {1e-9, 1e-9, 1e-9, 0.6, 0.4});
    // The open beam's -2.66 / 1 is below the worst result: over after one step with two results.
    assertThat(steps).isEqualTo(1);
    assertThat(search.results().stream().map(ScriptedScores::ids))
        .containsExactly(List.of(0), List.of(1));
  }

  @Test
  void ranksAndPenalisesLogProbabilities() {
    // Twice as negative for a token that was there: ln 0.6 becomes -1.02, below ln 0.4 = -0.92.
    GenerationConfig config = GenerationConfig.beams(2, 2).withRepetition(2, 0);
    BeamSearch search = search(config, 3);
    ScriptedScores.run(search, config, 3, tokens -> new double[] {1e-9, 0.6, 0.4});
    Generation best = search.results().get(0);
    assertThat(ScriptedScores.ids(best)).containsExactly(A, B);
    assertThat(best.score()).isCloseTo(Math.log(0.6 * 0.4) / 2, within(1e-6));

    GenerationConfig weak = GenerationConfig.beams(2, 2).withRepetition(1.1, 0);
    BeamSearch repeating = search(weak, 3);
    ScriptedScores.run(repeating, weak, 3, tokens -> new double[] {1e-9, 0.6, 0.4});
    best = repeating.results().get(0);
    assertThat(ScriptedScores.ids(best)).containsExactly(A, A);
    assertThat(best.score()).isCloseTo(2.1 * Math.log(0.6) / 2, within(1e-6));
    // The model's own probability is reported beside it.
    assertThat(best.logProbability()).isCloseTo(2 * Math.log(0.6), within(1e-6));
  }

  @Test
  void saysWhenRulesForbidEverything() {
    GenerationConfig config = GenerationConfig.beams(2, 5).withRepetition(1, 1);
    BeamSearch search = search(config, 3);
    assertThatThrownBy(
            () -> ScriptedScores.run(search, config, 3, tokens -> new double[] {0.4, 0.4, 0.2}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("forbid every token");
  }

  /** With more beams than sequences the search is exhaustive. */
  @ParameterizedTest
  @CsvSource({"1", "0", "2.5"})
  void findsTheBestOfAllSequences(double lengthPenalty) {
    long seed = 20261123;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      double[][] table = new double[1 + 3 + 9 + 27][]; // next token by all tokens before
      for (int i = 0; i < table.length; i++) {
        double[] row = random.doubles(3, 0.01, 1).toArray();
        double sum = row[0] + row[1] + row[2];
        table[i] = new double[] {row[0] / sum, row[1] / sum, row[2] / sum};
      }
      Function<List<Integer>, double[]> model = tokens -> table[index(tokens)];
      GenerationConfig config =
          GenerationConfig.beams(60, 4)
              .withEos(END)
              .withRanking(lengthPenalty, EarlyStopping.NEVER);
      BeamSearch search = search(config, 3);
      ScriptedScores.run(search, config, 3, model);
      Best best = new Best();
      enumerate(new ArrayList<>(), 0, model, lengthPenalty, best);
      Generation found = search.results().get(0);
      assertThat(ScriptedScores.ids(found))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(best.ids);
      assertThat(found.score()).isCloseTo(best.score, within(1e-5));
    }
  }

  private static int index(List<Integer> tokens) {
    int index = 0;
    for (int token : tokens) {
      index = 3 * index + token + 1;
    }
    return Math.min(index, 39);
  }

  private static final class Best {
    double score = Double.NEGATIVE_INFINITY;
    List<Integer> ids = List.of();
  }

  private static void enumerate(
      List<Integer> tokens,
      double sum,
      Function<List<Integer>, double[]> model,
      double lengthPenalty,
      Best best) {
    double[] probabilities = model.apply(tokens);
    for (int id = 0; id < 3; id++) {
      List<Integer> more = new ArrayList<>(tokens);
      more.add(id);
      double total = sum + Math.log(probabilities[id]);
      if (id == END || more.size() == 4) {
        double score = total / Math.pow(more.size(), lengthPenalty);
        if (score > best.score) {
          best.score = score;
          best.ids = more;
        }
      } else {
        enumerate(more, total, model, lengthPenalty, best);
      }
    }
  }
}
