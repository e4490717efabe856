package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplicatesTest {

  private static final int RESAMPLES = 500;

  /** A mean over images 0..n-1 of values around a level. */
  private static ImageSums level(double level, int images) {
    List<String> ids = IntStream.range(0, images).mapToObj(i -> "%03d".formatted(i)).toList();
    double[] values = IntStream.range(0, images).mapToDouble(i -> level + 0.1 * (i % 5)).toArray();
    return ImageSums.means("CIDEr", ids, values);
  }

  @Test
  void keptSumsScoreAsTheCaptionsThemselves() {
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> said = new LinkedHashMap<>();
    List<String> words = List.of("a dog", "a red ball", "two boats on a lake", "a house", "a man");
    for (int i = 0; i < words.size(); i++) {
      references.put("" + i, List.of(words.get(i) + " in the green grass", words.get(i)));
      said.put("" + i, words.get((2 * i) % 5) + " in the grass");
    }
    CaptionScores scores = CaptionScores.of(references, said);
    for (ImageSums sums : scores.imageSums()) {
      ImageSums kept = ImageSums.of(sums.metric(), sums.images(), sums.sums());
      assertThat(kept.score()).isCloseTo(scores.corpus().get(sums.metric()), within(1e-12));
      Interval own = scores.interval(sums.metric(), 3, RESAMPLES);
      Interval again = Replicates.of(List.of(kept)).interval(3, RESAMPLES);
      assertThat(again.low()).isCloseTo(own.low(), within(1e-12));
      assertThat(again.high()).isCloseTo(own.high(), within(1e-12));
    }
  }

  /** Two questions of an image count twice as much as one. */
  @Test
  void questionsOfAnImageStayTogether() {
    ImageSums sums =
        ImageSums.of("VQA accuracy", List.of("a", "b"), new double[][] {{2, 2}, {0, 1}});
    assertThat(sums.score()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(sums.score(new int[] {1, 1})).isZero();
  }

  @Test
  void seedsThatDifferWidenTheInterval() {
    ImageSums low = level(0.2, 100);
    ImageSums high = level(0.6, 100);
    Interval alike = Replicates.of(List.of(low, low, low)).interval(1, RESAMPLES);
    Interval apart = Replicates.of(List.of(low, low, high)).interval(1, RESAMPLES);
    assertThat(apart.value()).isCloseTo(alike.value() + 0.4 / 3, within(1e-9));
    assertThat(apart.high() - apart.low()).isGreaterThan(0.3);
    assertThat(alike.high() - alike.low()).isLessThan(0.1);
  }

  @Test
  void aDifferenceIsOnTheSameImages() {
    Replicates better = Replicates.of(List.of(level(0.3, 100)));
    Replicates worse = Replicates.of(List.of(level(0.29, 100)));
    Difference difference = better.minus(worse, 1, RESAMPLES);
    // Images vary by 0.4, but both systems alike.
    assertThat(difference.interval().low()).isCloseTo(0.01, within(1e-9));
    assertThat(difference.pAbove()).isCloseTo(1.0 / (RESAMPLES + 1), within(1e-12));
    assertThat(worse.minus(better, 1, RESAMPLES).pAbove()).isEqualTo(1);
    assertThat(difference.pWithin(0.02)).isCloseTo(1.0 / (RESAMPLES + 1), within(1e-12));
    assertThat(difference.pWithin(0.005)).isEqualTo(1);
  }

  @Test
  void otherImagesAreRefused() {
    Replicates one = Replicates.of(List.of(level(0.3, 100)));
    Replicates other = Replicates.of(List.of(level(0.3, 99)));
    assertThatThrownBy(() -> one.minus(other, 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("100")
        .hasMessageContaining("99");
    assertThatThrownBy(() -> ImageSums.of("BLEU-4", List.of("a"), new double[][] {{1, 2}}))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("10 numbers");
  }

  /** The example of Holm's paper in the form that textbooks give: sorted p times those left. */
  @Test
  void holmStepsDown() {
    double[] adjusted = Holm.adjusted(new double[] {0.04, 0.01, 0.03, 0.005});
    assertThat(adjusted).containsExactly(new double[] {0.06, 0.03, 0.06, 0.02}, within(1e-12));
    assertThat(Arrays.stream(Holm.adjusted(new double[] {0.9, 0.8})).max().orElseThrow())
        .isEqualTo(1);
    assertThat(Holm.adjusted(new double[0])).isEmpty();
  }
}
