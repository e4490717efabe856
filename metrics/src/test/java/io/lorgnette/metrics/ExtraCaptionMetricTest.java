package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.metrics.ExtraCaptionMetric.Listener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExtraCaptionMetricTest {

  private static final Map<String, List<String>> REFERENCES =
      Map.of("1", List.of("A dog."), "2", List.of("Two cats!", "cats"), "3", List.of("a bird"));

  private static final Map<String, String> RESULTS =
      Map.of("1", "a dog", "2", "some cats, here", "3", "a bird in a tree");

  /** Counts words; says nothing about images with a caption of two words. */
  private record Words(Map<String, double[]> more) implements ExtraCaptionMetric {

    @Override
    public String name() {
      return "Words";
    }

    @Override
    public Scores score(List<Image> images, Listener listener) {
      Map<String, double[]> scores = new LinkedHashMap<>();
      double[] values =
          images.stream().mapToDouble(image -> image.result().split(" ", -1).length).toArray();
      scores.put("Words", values);
      double[] some = values.clone();
      for (int i = 0; i < some.length; i++) {
        some[i] = some[i] == 2 ? Double.NaN : some[i];
        listener.done(i + 1, some.length);
      }
      scores.put("Words of some", some);
      scores.putAll(more);
      return new Scores(scores, "words between blanks");
    }
  }

  private static CaptionScores scores(Map<String, double[]> more, Listener listener) {
    return CaptionScores.of(
        REFERENCES, RESULTS, CaptionOptions.defaults().with(List.of(new Words(more)), listener));
  }

  @Test
  void itsScoresComeAfterTheOthersAsMeansOverImages() {
    CaptionScores scores = scores(Map.of(), Listener.NONE);
    assertThat(scores.metrics())
        .startsWith(CaptionScores.METRICS.toArray(String[]::new))
        .endsWith("Words", "Words of some")
        .hasSize(CaptionScores.METRICS.size() + 3);
    assertThat(scores.corpus().keySet()).containsExactlyElementsOf(scores.metrics());
    // Tokenised: "some cats, here" has lost its comma.
    assertThat(scores.perImage("Words")).containsExactly(2, 3, 5);
    assertThat(scores.corpus().get("Words")).isCloseTo(10 / 3.0, within(1e-12));
    assertThat(scores.variants()).containsEntry("Words", "words between blanks");
  }

  @Test
  void imagesWithoutAValueDoNotCount() {
    CaptionScores scores = scores(Map.of(), Listener.NONE);
    assertThat(scores.perImage("Words of some")).containsExactly(Double.NaN, 3, 5);
    assertThat(scores.corpus().get("Words of some")).isEqualTo(4);
    Interval interval = scores.interval("Words of some", 1, 200);
    assertThat(interval.low()).isEqualTo(3);
    assertThat(interval.high()).isEqualTo(5);
    // Of 27 resamples one is all of the first image, which has no value.
    assertThat(interval.resamples()).isBetween(150, 199);
  }

  @Test
  void aScoreWithoutAnyValueIsLeftOut() {
    double[] none = {Double.NaN, Double.NaN, Double.NaN};
    assertThat(scores(Map.of("None", none), Listener.NONE).metrics()).doesNotContain("None");
  }

  @Test
  void twoSystemsAreComparedOnIt() {
    CaptionScores first = scores(Map.of(), Listener.NONE);
    Comparison same = CaptionScores.compare(first, first, "Words of some", 1, 100);
    assertThat(same.difference().value()).isZero();
    assertThat(same.significant()).isFalse();
    CaptionScores other =
        CaptionScores.of(
            REFERENCES,
            Map.of("1", "dog", "2", "here", "3", "bird"),
            CaptionOptions.defaults().with(List.of(new Words(Map.of())), Listener.NONE));
    Comparison fewer = CaptionScores.compare(first, other, "Words", 1, 100);
    assertThat(fewer.difference().value()).isCloseTo(10 / 3.0 - 1, within(1e-12));
    assertThat(fewer.significant()).isTrue();
  }

  @Test
  void theListenerHears() {
    int[] heard = new int[2];
    scores(
        Map.of(),
        (done, all) -> {
          heard[0] = done;
          heard[1] = all;
        });
    assertThat(heard).containsExactly(3, 3);
  }

  @Test
  void aMetricThatForgetsAnImageIsAnError() {
    assertThatThrownBy(() -> scores(Map.of("Few", new double[] {1, 2}), Listener.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2 scores for 3 images");
  }

  @Test
  void withoutOtherJarsThereIsNone() {
    assertThat(ExtraCaptionMetric.onClassPath()).isEmpty();
  }
}
