package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  @Test
  void drawsEveryItemAboutEquallyOften() {
    int[] counts = new int[10];
    for (int number = 0; number < 1_000; number++) {
      for (int drawn : Bootstrap.draw(10, 42, number)) {
        counts[drawn]++;
      }
    }
    // 10,000 draws: a standard deviation of 30 around 1,000.
    assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 1_000) < 150);
  }

  @Test
  void drawsDifferBySeedAndNumberAndStayTheSameForEver() {
    assertThat(Bootstrap.draw(8, 1, 0)).isEqualTo(Bootstrap.draw(8, 1, 0));
    assertThat(Bootstrap.draw(100, 1, 0)).isNotEqualTo(Bootstrap.draw(100, 1, 1));
    assertThat(Bootstrap.draw(100, 1, 0)).isNotEqualTo(Bootstrap.draw(100, 2, 0));
    // Published intervals must come out again: these draws may never change.
    assertThat(Bootstrap.draw(1_000, 1, 0)).startsWith(824, 622, 303, 91, 141);
  }

  @Test
  void aMeansIntervalIsTheTextbookOne() {
    Random random = new Random(3);
    double[] values = random.doubles(400).toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double[] resampled =
        Bootstrap.resample(
            400, 5, 4_000, drawn -> Arrays.stream(drawn).mapToDouble(i -> values[i]).sum() / 400);
    Interval interval = Interval.of(mean, resampled, 5);
    double half = 1.96 * Math.sqrt(1 / 12.0) / Math.sqrt(400);
    assertThat(interval.low()).isCloseTo(mean - half, within(0.1 * half));
    assertThat(interval.high()).isCloseTo(mean + half, within(0.1 * half));
  }

  @Test
  void quantilesInterpolate() {
    double[] sorted = {0, 1, 2, 3, 4};
    assertThat(Interval.quantile(sorted, 0)).isZero();
    assertThat(Interval.quantile(sorted, 0.5)).isEqualTo(2);
    assertThat(Interval.quantile(sorted, 0.975)).isCloseTo(3.9, within(1e-12));
    assertThat(Interval.quantile(sorted, 1)).isEqualTo(4);
  }

  @Test
  void needsAResample() {
    assertThatThrownBy(() -> Bootstrap.resample(3, 1, 0, drawn -> 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
