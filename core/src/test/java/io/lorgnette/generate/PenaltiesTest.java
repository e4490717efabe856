package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;

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
    assertThat(penalties.active(1)).isTrue();
    assertThat(penalties.active(2)).isFalse();
  }
}
