package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.generate.GenerationConfig.Forced;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PenaltiesTest {

  private static final float NO = Float.NEGATIVE_INFINITY;
  private static final float[] SCORES = {99, 2, -2, 1, 0.5f};

  private static float[] apply(
      GenerationConfig config, int generated, float shift, int... history) {
    // The row begins at 1; the history's array is longer than what is valid of it.
    int[] longer = java.util.Arrays.copyOf(history, history.length + 3);
    Penalties penalties = new Penalties(config, 4);
    penalties.apply(SCORES, 1, shift, longer, history.length, generated); // memory is reused
    return penalties.apply(SCORES, 1, shift, longer, history.length, generated).clone();
  }

  @Test
  void repetitionDividesPositiveAndMultipliesNegativeScoresOnce() {
    GenerationConfig config = GenerationConfig.greedy(9).withRepetition(2, 0);
    assertThat(apply(config, 0, 0)).containsExactly(2, -2, 1, 0.5f);
    assertThat(apply(config, 0, 0, 0, 1, 1)).containsExactly(1, -4, 1, 0.5f);
    // As log-probabilities 2 - 3 = -1 becomes -2.
    assertThat(apply(config, 0, 3, 0)).containsExactly(1, -2, 1, 0.5f);
  }

  @Test
  void ngramsOccurOnce() {
    GenerationConfig pairs = GenerationConfig.greedy(9).withRepetition(1, 2);
    assertThat(apply(pairs, 4, 0, 1, 2, 0, 1)).containsExactly(2, -2, NO, 0.5f);
    assertThat(apply(pairs, 4, 0, 1, 2, 0, 3)).containsExactly(2, -2, 1, 0.5f);
    GenerationConfig triples = GenerationConfig.greedy(9).withRepetition(1, 3);
    assertThat(apply(triples, 5, 0, 1, 2, 3, 1, 2)).containsExactly(2, -2, 1, NO);
    assertThat(apply(triples, 1, 0, 1)).containsExactly(2, -2, 1, 0.5f);
    GenerationConfig single = GenerationConfig.greedy(9).withRepetition(1, 1);
    assertThat(apply(single, 1, 0, 2)).containsExactly(2, -2, NO, 0.5f);
  }

  @Test
  void endTokensWaitForTheMinimum() {
    GenerationConfig config = GenerationConfig.greedy(9).withEos(0, 3).withLength(2, 9);
    assertThat(apply(config, 1, 0)).containsExactly(NO, -2, 1, NO);
    Penalties penalties = new Penalties(config, 4);
    assertThat(penalties.active(4, 1)).isTrue();
    assertThat(penalties.active(5, 2)).isFalse();
  }

  @Test
  void forcedTokensStandAloneAtTheirPlaces() {
    GenerationConfig config =
        GenerationConfig.greedy(3)
            .withRepetition(2, 0)
            .withForced(new Forced(OptionalInt.of(2), Set.of(0, 3)));
    // Behind the first token of all, whatever was penalised before.
    assertThat(apply(config, 0, 0, 2)).containsExactly(NO, NO, 0, NO);
    assertThat(apply(config, 0, 5, 2)).containsExactly(NO, NO, 5, NO);
    assertThat(apply(config, 1, 0, 2, 1)).containsExactly(2, -4, 0.5f, 0.5f);
    // The last of the three.
    assertThat(apply(config, 2, 0, 2, 1, 1)).containsExactly(0, NO, NO, 0);
    Penalties penalties = new Penalties(GenerationConfig.greedy(3).withForced(config.forced()), 4);
    assertThat(penalties.active(1, 0)).isTrue();
    assertThat(penalties.active(2, 1)).isFalse();
    assertThat(penalties.active(3, 2)).isTrue();
  }
}
