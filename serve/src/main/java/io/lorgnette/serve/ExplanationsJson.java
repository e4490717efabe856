package io.lorgnette.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explanation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.report.ExplanationJson;
import io.lorgnette.report.PngImage;
import java.util.Optional;
import java.util.Set;

/** What a model makes of a photo, for those who want to look inside. */
final class ExplanationsJson {

  private static final int NEW_TOKENS = 50;
  private static final int MAX_BEAMS = 10;

  /** Gives the model of a name, or for null that for answers or for captions. */
  @FunctionalInterface
  interface Models {
    ServedModel named(String name, boolean question);
  }

  private ExplanationsJson() {}

  /**
   * Reads a request.
   *
   * @throws ApiException naming the field that is wrong
   */
  static Question.Explain read(JsonNode body, Limits limits, Pictures pictures, Models models) {
    Fields fields = new Fields(body, "");
    fields.only(
        Set.of(
            "model", "image", "question", "text", "regions", "neighbours", "beams", "max_tokens"),
        Set.of("user"));
    String image = fields.requiredText("image");
    Optional<String> question = filled(fields, "question");
    int newTokens =
        fields.integer(
            "max_tokens", 1, limits.newTokens(), Math.min(NEW_TOKENS, limits.newTokens()));
    ExplainOptions usual = ExplainOptions.CAPTION;
    ExplainOptions options =
        new ExplainOptions(
            question,
            filled(fields, "text"),
            fields.integer("neighbours", 0, ExplainOptions.MOST_NEIGHBOURS, usual.neighbours()),
            fields.integer("regions", 0, ExplainOptions.MOST_REGIONS, usual.regions()),
            GenerationConfig.beams(
                fields.integer("beams", 1, MAX_BEAMS, usual.decoding().beams()), newTokens));
    ServedModel model = models.named(fields.text("model"), question.isPresent());
    return new Question.Explain(model, pictures.of(image, "image"), options);
  }

  private static Optional<String> filled(Fields fields, String name) {
    Optional<String> text = Optional.ofNullable(fields.text(name));
    if (text.filter(String::isBlank).isPresent()) {
      throw fields.wrong(name, "words, or absent");
    }
    return text;
  }

  /**
   * The answer.
   *
   * @param decoding nanoseconds in which the file became pixels
   */
  static ObjectNode write(String model, Explanation explained, long decoding) {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("object", "explanation").put("model", model);
    node.setAll(ExplanationJson.of(explained));
    node.withObject("/photo").put("seen", PngImage.of(explained.seen()));
    node.withObject("/milliseconds").put("decode", decoding / 1e6);
    return node;
  }
}
