package io.lorgnette.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.method.Utterance;
import java.util.Optional;

/**
 * What is written down about one photo: a line of JSON.
 *
 * @param image the photo's name
 * @param score mean log-probability of a token, in nats
 * @param tokens of the caption, the stop token included
 * @param complete whether the caption ended by itself, not at the length limit
 * @param width of the photo in pixels, upright
 * @param height of the photo in pixels, upright
 */
public record CaptionLine(
    String image,
    String caption,
    double score,
    int tokens,
    boolean complete,
    int width,
    int height) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What was said about a photo of this size. */
  public static CaptionLine of(String image, Utterance said, int width, int height) {
    return new CaptionLine(
        image, said.text(), said.score(), said.tokens(), said.complete(), width, height);
  }

  /** One line of JSON, without its end. */
  public String json() {
    ObjectNode node = JSON.createObjectNode();
    node.put("image", image).put("caption", caption).put("score", score);
    node.put("tokens", tokens).put("complete", complete);
    node.put("width", width).put("height", height);
    return node.toString();
  }

  /** Reads such a line; empty where it is none. Only the photo and its caption must be there. */
  static Optional<CaptionLine> parse(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      if (!node.path("image").isTextual() || !node.path("caption").isTextual()) {
        return Optional.empty();
      }
      return Optional.of(
          new CaptionLine(
              node.path("image").asText(),
              node.path("caption").asText(),
              node.path("score").asDouble(Double.NaN),
              node.path("tokens").asInt(),
              node.path("complete").asBoolean(true),
              node.path("width").asInt(),
              node.path("height").asInt()));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
