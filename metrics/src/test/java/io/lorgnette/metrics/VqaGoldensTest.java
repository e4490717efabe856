package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Accuracies and normalised answers against recorded outputs of the evaluators. */
class VqaGoldensTest {

  private static final Map<String, VqaAnnotation> ANNOTATIONS = new LinkedHashMap<>();
  private static final Map<String, String> RESULTS = new LinkedHashMap<>();

  static {
    for (JsonNode question : Goldens.read("vqa/questions.json")) {
      List<HumanAnswer> answers = new ArrayList<>();
      question
          .get("answers")
          .forEach(a -> answers.add(new HumanAnswer(a.get("answer").asText(), a.toString())));
      String id = question.get("question_id").asText();
      ANNOTATIONS.put(
          id,
          new VqaAnnotation(
              question.get("image_id").asText(),
              question.get("question_type").asText(),
              question.get("answer_type").asText(),
              answers));
      RESULTS.put(id, question.get("predicted").asText());
    }
  }

  static Stream<JsonNode> answers() {
    return Goldens.elements(Goldens.read("vqa/normalize.json"));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("answers")
  void normalizes(JsonNode answer) {
    String stripped = VqaNormalizer.strip(answer.get("text").asText());
    assertThat(stripped).isEqualTo(answer.get("stripped").asText());
    String marked = VqaNormalizer.OFFICIAL.punctuation(stripped);
    assertThat(marked).isEqualTo(answer.get("punctuation").asText());
    assertThat(VqaNormalizer.OFFICIAL.words(marked)).isEqualTo(answer.get("normalized").asText());
    JsonNode python3 = answer.path("normalized_python3");
    assertThat(VqaNormalizer.PYTHON_3.normalize(stripped))
        .isEqualTo((python3.isMissingNode() ? answer.get("normalized") : python3).asText());
  }

  static Stream<Arguments> questions() {
    return Goldens.elements(Goldens.read("vqa/questions.json"))
        .flatMap(
            question ->
                Stream.of(VqaEvaluator.OFFICIAL, VqaEvaluator.LAVIS)
                    .map(evaluator -> Arguments.of(evaluator, question)));
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("questions")
  void question(VqaEvaluator evaluator, JsonNode question) {
    String id = question.get("question_id").asText();
    VqaScores scores =
        VqaScores.of(
            Map.of(id, ANNOTATIONS.get(id)),
            Map.of(id, RESULTS.get(id)),
            VqaOptions.defaults().with(evaluator));
    double percent = question.get("accuracy_" + name(evaluator)).asDouble();
    assertThat(100 * scores.overall()).isCloseTo(percent, within(1e-9));
  }

  @ParameterizedTest
  @EnumSource(names = {"OFFICIAL", "LAVIS"})
  void means(VqaEvaluator evaluator) {
    JsonNode golden = Goldens.read("vqa/golden.json").get(name(evaluator));
    VqaScores scores = VqaScores.of(ANNOTATIONS, RESULTS, VqaOptions.defaults().with(evaluator));
    assertThat(percent(scores.overall())).isEqualTo(golden.get("overall").asDouble());
    assertMeans(scores.byQuestionType(), golden.get("perQuestionType"));
    assertMeans(scores.byAnswerType(), golden.get("perAnswerType"));
  }

  private static void assertMeans(Map<String, Double> means, JsonNode golden) {
    assertThat(means).hasSize(golden.size());
    means.forEach(
        (type, mean) -> assertThat(percent(mean)).as(type).isEqualTo(golden.get(type).asDouble()));
  }

  /** As the evaluators print it. */
  private static double percent(double mean) {
    return new BigDecimal(100 * mean).setScale(2, RoundingMode.HALF_UP).doubleValue();
  }

  private static String name(VqaEvaluator evaluator) {
    return evaluator == VqaEvaluator.OFFICIAL ? "official" : "lavis";
  }
}
