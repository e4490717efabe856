package io.lorgnette.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.method.Utterance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Captions of images with their scores. */
final class CaptionsJson {

  private static final int BEAMS = 5;
  private static final int MAX_BEAMS = 10;
  private static final int NEW_TOKENS = 50;

  private CaptionsJson() {}

  /**
   * Reads a request.
   *
   * @param models gives the model of a name, or that for captions for null
   * @throws ApiException naming the field that is wrong
   */
  static Question.Captions read(
      JsonNode body, Limits limits, Pictures pictures, Function<String, ServedModel> models) {
    Fields fields = new Fields(body, "");
    fields.only(Set.of("model", "image", "images", "beams", "max_tokens"), Set.of("user"));
    List<String> urls = new ArrayList<>();
    if (fields.has("image")) {
      urls.add(fields.requiredText("image"));
    }
    urls.addAll(fields.texts("images", limits.images()));
    if (urls.isEmpty() || urls.size() > limits.images()) {
      throw ApiException.wrong(
          "image",
          "give image, or images with 1 to "
              + limits.images()
              + " of them, each as data:image/...;base64,...");
    }
    int beams = fields.integer("beams", 1, MAX_BEAMS, BEAMS);
    int newTokens =
        fields.integer(
            "max_tokens", 1, limits.newTokens(), Math.min(NEW_TOKENS, limits.newTokens()));
    ServedModel model = models.apply(fields.text("model"));
    List<Picture> all = new ArrayList<>();
    for (int i = 0; i < urls.size(); i++) {
      all.add(pictures.of(urls.get(i), fields.has("image") ? "image" : "images[" + i + "]"));
    }
    return new Question.Captions(model, all, beams, newTokens);
  }

  /** The answer. */
  static ObjectNode write(String model, int imageTokens, List<Utterance> captions) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = node.putArray("data");
    int tokens = 0;
    for (int i = 0; i < captions.size(); i++) {
      Utterance said = captions.get(i);
      tokens += said.tokens();
      data.addObject()
          .put("object", "caption")
          .put("index", i)
          .put("caption", said.text())
          .put("score", said.score())
          .put("tokens", said.tokens())
          .put("complete", said.complete());
    }
    node.put("model", model)
        .putObject("usage")
        .put("prompt_tokens", imageTokens * captions.size())
        .put("completion_tokens", tokens)
        .put("total_tokens", imageTokens * captions.size() + tokens);
    return node;
  }
}
