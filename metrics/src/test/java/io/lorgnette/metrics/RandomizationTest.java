package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomizationTest {

  private static double p(double[] first, double[] second, long seed, int shuffles) {
    double observed = difference(first, second, new boolean[first.length]);
    return Randomization.p(
        first.length, seed, shuffles, observed, swapped -> difference(first, second, swapped));
  }

  private static double difference(double[] first, double[] second, boolean[] swapped) {
    return IntStream.range(0, first.length)
        .mapToDouble(i -> swapped[i] ? second[i] - first[i] : first[i] - second[i])
        .sum();
  }

  @Test
  void equalSystemsAreNeverDifferent() {
    double[] values = new Random(1).doubles(30).toArray();
    assertThat(p(values, values, 1, 100)).isEqualTo(1);
  }

  @Test
  void approachesTheExactTest() {
    long seed = 5;
    Random random = new Random(seed);
    double[] first = random.doubles(10).toArray();
    double[] second = random.doubles(10).map(value -> value + 0.2).toArray();
    double observed = Math.abs(difference(first, second, new boolean[10]));
    long asLarge =
        IntStream.range(0, 1 << 10)
            .filter(
                bits -> {
                  boolean[] swapped = new boolean[10];
                  IntStream.range(0, 10).forEach(i -> swapped[i] = (bits >> i & 1) == 1);
                  return Math.abs(difference(first, second, swapped)) >= observed - 1e-12;
                })
            .count();
    assertThat(p(first, second, seed, 40_000)).isCloseTo(asLarge / 1024.0, within(0.01));
  }

  @Test
  void theSeedDecidesAndCoinsAreFair() {
    assertThat(Bootstrap.toss(50, 3, 7)).isEqualTo(Bootstrap.toss(50, 3, 7));
    assertThat(Bootstrap.toss(50, 3, 7)).isNotEqualTo(Bootstrap.toss(50, 4, 7));
    int heads = 0;
    for (boolean head : Bootstrap.toss(100_000, 1, 0)) {
      heads += head ? 1 : 0;
    }
    assertThat(heads).isBetween(49_000, 51_000);
  }
}
