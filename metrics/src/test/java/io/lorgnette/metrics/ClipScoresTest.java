package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClipScoresTest {

  private static float[] v(float... numbers) {
    return numbers;
  }

  @Test
  void theScoresOfHesselAndOthersByHand() {
    // cos(image, caption) = 0.6; cos(caption, references) = 0 and 0.8.
    ClipScores.Image one =
        ClipScores.Image.of("1", v(2, 0), v(3, 4), List.of(v(-4, 3), v(0, 0.5f)));
    assertThat(one.clipScore()).isCloseTo(1.5, within(1e-12));
    assertThat(one.refClipScore()).isCloseTo(2 * 1.5 * 0.8 / (1.5 + 0.8), within(1e-12));
  }

  @Test
  void whatPointsAwayCountsAsNothing() {
    ClipScores.Image away = ClipScores.Image.of("1", v(1, 0), v(-1, 0), List.of(v(-1, 0)));
    assertThat(away.clipScore()).isZero();
    assertThat(away.refClipScore()).isZero();
    ClipScores.Image other = ClipScores.Image.of("2", v(1, 0), v(1, 0), List.of(v(-1, 0)));
    assertThat(other.clipScore()).isEqualTo(2.5);
    assertThat(other.refClipScore()).isZero();
    assertThat(ClipScores.Image.of("3", v(1, 0), v(1, 0), List.of()).refClipScore()).isNaN();
    assertThatThrownBy(() -> ClipScores.cosine(v(1), v(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 and 2");
  }

  private static ClipScores drawn(double shift, String model) {
    List<ClipScores.Image> images = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      images.add(
          new ClipScores.Image("" + i, shift + Math.abs(Math.sin(i)), Math.abs(Math.cos(i))));
    }
    return new ClipScores(images, model, ClipScores.PROMPT);
  }

  @Test
  void meansHaveIntervalsAndTheModelsNameStandsBeside() {
    ClipScores scores = drawn(0, "some/clip");
    Map<String, Interval> intervals = scores.intervals(7, 500);
    Interval clip = intervals.get("CLIPScore");
    double mean = scores.images().stream().mapToDouble(ClipScores.Image::clipScore).sum() / 40;
    assertThat(clip.value()).isCloseTo(mean, within(1e-12));
    // The normal approximation of the same interval.
    double variance =
        scores.images().stream().mapToDouble(image -> Math.pow(image.clipScore() - mean, 2)).sum()
            / 40;
    double half = 1.96 * Math.sqrt(variance / 40);
    assertThat(clip.low()).isCloseTo(mean - half, within(0.2 * half));
    assertThat(clip.high()).isCloseTo(mean + half, within(0.2 * half));
    assertThat(scores.intervals(7, 500)).isEqualTo(intervals);
    assertThat(scores.variants().get("RefCLIPScore"))
        .isEqualTo("some/clip, prompt \"A photo depicts \"");
  }

  @Test
  void withoutReferencesThereIsNoScoreAgainstThem() {
    ClipScores scores =
        new ClipScores(List.of(new ClipScores.Image("1", 0.5, Double.NaN)), "m", "");
    assertThat(scores.intervals(1, 10)).containsOnlyKeys("CLIPScore");
    assertThat(scores.variants()).isEqualTo(Map.of("CLIPScore", "m, no prompt"));
  }

  @Test
  void systemsAreComparedImageByImage() {
    List<Comparison> all = ClipScores.compare(drawn(0.1, "m"), drawn(0, "m"), 1, 200);
    assertThat(all).extracting(Comparison::metric).containsExactly("CLIPScore", "RefCLIPScore");
    assertThat(all.get(0).difference().value()).isCloseTo(0.1, within(1e-12));
    assertThat(all.get(0).difference().low()).isCloseTo(0.1, within(1e-12));
    assertThat(all.get(0).pRandomized()).isLessThan(0.02);
    assertThat(all.get(1).difference().value()).isZero();
    assertThatThrownBy(() -> ClipScores.compare(drawn(0, "m"), drawn(0, "n"), 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("same model");
  }
}
