package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionStatisticsTest {

  @Test
  void countsWhatIsSaid() {
    CaptionStatistics statistics =
        CaptionStatistics.of(List.of("a dog and a dog and", "a cat", "a cat", ""));
    // Of 5 + 1 + 1 pairs of neighbours "a dog" and "dog and" come twice in one caption.
    assertThat(statistics).isEqualTo(new CaptionStatistics(4, 2.5, 0, 6, 4, 3, 2 / 7.0));
  }

  @Test
  void singleWordsRepeatNothing() {
    assertThat(CaptionStatistics.of(List.of("dog", "dog")).repeatedBigrams()).isZero();
  }
}
