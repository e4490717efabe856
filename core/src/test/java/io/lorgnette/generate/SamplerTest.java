package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.generate.GenerationConfig.Sampling;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {

  private static float[] logs(double... probabilities) {
    float[] scores = new float[probabilities.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) Math.log(probabilities[i]) + 3; // not normalised
    }
    return scores;
  }

  private static double[] probabilities(Sampling sampling, float... scores) {
    return new Sampler(sampling, scores.length).probabilities(scores, 0);
  }

  @Test
  void temperatureSharpensAndFlattens() {
    float[] scores = logs(0.6, 0.3, 0.1);
    assertThat(probabilities(new Sampling(1, 0, 1, 0), scores))
        .containsExactly(new double[] {0.6, 0.3, 0.1}, within(1e-6));
    double sum = 0.36 + 0.09 + 0.01;
    assertThat(probabilities(new Sampling(0.5, 0, 1, 0), scores))
        .containsExactly(new double[] {0.36 / sum, 0.09 / sum, 0.01 / sum}, within(1e-6));
  }

  @Test
  void keepsTheKBestAndThoseEqualToTheLastOfThem() {
    float[] scores = {1, 5, 3, 3, 2, Float.NEGATIVE_INFINITY};
    assertThat(eligible(new Sampling(1, 1, 1, 0), scores)).containsExactly(1);
    assertThat(eligible(new Sampling(1, 2, 1, 0), scores)).containsExactly(1, 2, 3);
    assertThat(eligible(new Sampling(1, 3, 1, 0), scores)).containsExactly(1, 2, 3);
    assertThat(eligible(new Sampling(1, 4, 1, 0), scores)).containsExactly(1, 2, 3, 4);
    assertThat(eligible(new Sampling(1, 100, 1, 0), scores)).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void keepsTheSmallestSetThatReachesP() {
    float[] scores = logs(0.1, 0.5, 0.15, 0.25);
    assertThat(eligible(new Sampling(1, 0, 0.2, 0), scores)).containsExactly(1);
    assertThat(eligible(new Sampling(1, 0, 0.6, 0), scores)).containsExactly(1, 3);
    assertThat(eligible(new Sampling(1, 0, 0.8, 0), scores)).containsExactly(1, 2, 3);
    assertThat(eligible(new Sampling(1, 0, 0.95, 0), scores)).containsExactly(0, 1, 2, 3);
    assertThat(probabilities(new Sampling(1, 0, 0.6, 0), scores))
        .containsExactly(new double[] {0, 2 / 3.0, 0, 1 / 3.0}, within(1e-6));
    // The k best are taken first; p is a share of what they have.
    assertThat(eligible(new Sampling(1, 2, 0.6, 0), scores)).containsExactly(1);
  }

  @Test
  void nucleusEqualsThatOfAFullSort() {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      int v = random.nextInt(1, 300);
      double spread = random.nextDouble(0.1, 8);
      float[] scores = new float[v];
      for (int i = 0; i < v; i++) {
        scores[i] = (float) (spread * random.nextDouble(-1, 1));
      }
      double p = random.nextDouble(0.01, 0.999);
      assertThat(eligible(new Sampling(1, 0, p, 0), scores))
          .as("seed %d, round %d", seed, round)
          .isEqualTo(nucleus(scores, p));
    }
  }

  private static int[] nucleus(float[] scores, double p) {
    double[] weights = IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).toArray();
    double sum = Arrays.stream(weights).map(Math::exp).sum();
    List<Integer> order =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -weights[i]))
            .toList();
    double kept = 0;
    int n = 0;
    while (n < order.size() && kept < p) {
      kept += Math.exp(weights[order.get(n++)]) / sum;
    }
    return order.subList(0, n).stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  private static int[] eligible(Sampling sampling, float... scores) {
    double[] probabilities = probabilities(sampling, scores);
    return IntStream.range(0, scores.length).filter(i -> probabilities[i] > 0).toArray();
  }

  @Test
  void drawsByTheProbabilities() {
    float[] row = logs(0.05, 0.2, 0.75);
    float[] scores = {9, 9, row[0], row[1], row[2]};
    Sampler sampler = new Sampler(new Sampling(1, 0, 1, 0), 3);
    SplittableRandom random = new SplittableRandom(11);
    int n = 20_000;
    int[] counts = new int[3];
    for (int i = 0; i < n; i++) {
      counts[sampler.draw(scores, 2, random)]++;
    }
    double[] expected = {0.05 * n, 0.2 * n, 0.75 * n};
    double chiSquare = 0;
    for (int i = 0; i < 3; i++) {
      chiSquare += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
    }
    assertThat(chiSquare).isLessThan(13.8); // 2 degrees of freedom, one in a thousand
  }
}
