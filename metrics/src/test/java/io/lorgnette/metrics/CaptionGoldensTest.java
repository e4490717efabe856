package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores against recorded outputs of pycocoevalcap, each image and the corpus. */
class CaptionGoldensTest {

  private static final Offset<Double> TOLERANCE = within(1e-9);

  private static Map<String, List<String>> references() {
    return CaptionFiles.readReferences(Goldens.path("metrics/annotations.json"));
  }

  private static Map<String, String> results() {
    return CaptionFiles.readResults(Goldens.path("metrics/results.json"));
  }

  /** What every recorded set of captions must give. */
  abstract static class Recorded {

    private final CaptionScores scores;
    private final JsonNode golden;

    Recorded(CaptionScores scores, JsonNode golden) {
      this.scores = scores;
      this.golden = golden;
    }

    Stream<String> metrics() {
      return CaptionScores.METRICS.stream();
    }

    Stream<Arguments> perImage() {
      List<Arguments> checks = new ArrayList<>();
      for (String metric : CaptionScores.METRICS) {
        double[] values = scores.perImage(metric);
        for (int i = 0; i < values.length; i++) {
          String image = scores.images().get(i);
          double expected = golden.get("per_image").get(image).get(metric).asDouble();
          checks.add(Arguments.of(metric, image, values[i], expected));
        }
      }
      assertThat(checks).hasSize(golden.get("per_image").size() * CaptionScores.METRICS.size());
      return checks.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("metrics")
    void corpus(String metric) {
      double expected = golden.get("corpus").get(metric).asDouble();
      assertThat(scores.corpus().get(metric)).isCloseTo(expected, TOLERANCE);
    }

    @ParameterizedTest(name = "{0} of image {1}")
    @MethodSource("perImage")
    void image(String metric, String image, double value, double expected) {
      assertThat(value).isCloseTo(expected, TOLERANCE);
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class RawCaptions extends Recorded {
    RawCaptions() {
      super(CaptionScores.of(references(), results()), Goldens.read("metrics/golden.json"));
    }
  }

  @Nested
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  class PretokenizedCaptions extends Recorded {
    PretokenizedCaptions() {
      super(scores(), Goldens.read("metrics/golden-pretokenized.json"));
    }

    private static CaptionScores scores() {
      JsonNode golden = Goldens.read("metrics/golden-pretokenized.json");
      return CaptionScores.of(
          Goldens.lists(golden.get("references")),
          Goldens.texts(golden.get("hypotheses")),
          CaptionOptions.defaults().with(CaptionTokens.WHITESPACE));
    }
  }

  static Stream<Arguments> tokenizedCaptions() {
    JsonNode tokenized = Goldens.read("metrics/tokenized.json");
    List<Arguments> checks = new ArrayList<>();
    Map<String, List<String>> references = references();
    Map<String, List<String>> expected = Goldens.lists(tokenized.get("references"));
    references.forEach(
        (image, captions) -> {
          for (int i = 0; i < captions.size(); i++) {
            checks.add(Arguments.of(captions.get(i), expected.get(image).get(i)));
          }
        });
    Map<String, String> hypotheses = Goldens.texts(tokenized.get("hypotheses"));
    results().forEach((image, caption) -> checks.add(Arguments.of(caption, hypotheses.get(image))));
    return checks.stream();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("tokenizedCaptions")
  void tokens(String caption, String expected) {
    assertThat(PtbTokenizer.tokenize(caption)).isEqualTo(expected);
  }
}
