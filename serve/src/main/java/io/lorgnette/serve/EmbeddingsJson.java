package io.lorgnette.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Embeddings in OpenAI's JSON, whose inputs may also be image parts as in a chat. */
final class EmbeddingsJson {

  private static final int MAX_INPUTS = 256;

  private EmbeddingsJson() {}

  /**
   * A request as it was asked.
   *
   * @param base64 whether numbers are to come as little-endian bytes
   */
  record Asked(Question.Embed embed, boolean base64) {}

  /**
   * Reads a request.
   *
   * @throws ApiException naming the field that is wrong
   */
  static Asked read(JsonNode body, ServedSpace space, Limits limits, Pictures pictures) {
    Fields fields = new Fields(body, "");
    fields.only(Set.of("model", "input", "encoding_format", "dimensions"), Set.of("user"));
    String model = fields.text("model");
    if (model != null && !model.equals(space.id())) {
      throw ApiException.notFound(
          "model",
          "model_not_found",
          "there is no model " + model + " for embeddings here; it is " + space.id());
    }
    String format = fields.has("encoding_format") ? fields.text("encoding_format") : "float";
    if (!Set.of("float", "base64").contains(format)) {
      throw fields.wrong("encoding_format", "float or base64");
    }
    int width = space.towers().texts().config().projection();
    if (fields.has("dimensions")
        && fields.integer("dimensions", 1, Integer.MAX_VALUE, 1) != width) {
      throw fields.wrong("dimensions", width + ", which this space has");
    }
    return new Asked(new Question.Embed(items(fields, limits, pictures)), format.equals("base64"));
  }

  private static List<Question.Item> items(Fields fields, Limits limits, Pictures pictures) {
    if (!fields.has("input")) {
      throw ApiException.wrong("input", "missing_required_parameter", "input is missing");
    }
    JsonNode input = fields.get("input");
    List<JsonNode> nodes = new ArrayList<>();
    if (input.isArray()) {
      input.forEach(nodes::add);
    } else {
      nodes.add(input);
    }
    if (nodes.isEmpty() || nodes.size() > MAX_INPUTS) {
      throw fields.wrong("input", "a string, a part, or a list of 1 to " + MAX_INPUTS + " of them");
    }
    List<Question.Item> items = new ArrayList<>();
    int images = 0;
    for (int i = 0; i < nodes.size(); i++) {
      Question.Item item = item(nodes.get(i), "input[" + i + "]", pictures);
      images += item.picture() == null ? 0 : 1;
      if (images > limits.images()) {
        throw ApiException.wrong(
            "input", "too_many_images", "the request has more than " + limits.images() + " images");
      }
      items.add(item);
    }
    return items;
  }

  private static Question.Item item(JsonNode node, String path, Pictures pictures) {
    if (node.isTextual()) {
      return text(node.textValue(), path);
    }
    if (!node.isObject()) {
      throw ApiException.wrong(
          path, path + " must be a string or a part of type text or image_url, not token ids");
    }
    Fields part = new Fields(node, path);
    return switch (part.requiredText("type")) {
      case "text" -> text(part.requiredText("text"), path);
      case "image_url" -> new Question.Item(ChatJson.pictureOf(part, pictures), null);
      default -> throw part.wrong("type", "text or image_url");
    };
  }

  private static Question.Item text(String text, String path) {
    if (text.isBlank()) {
      throw ApiException.wrong(path, path + " is empty; give it words");
    }
    return new Question.Item(null, text);
  }

  /** The answer. */
  static ObjectNode write(String model, Event.Embedded embedded, boolean base64) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = node.putArray("data");
    for (int i = 0; i < embedded.vectors().size(); i++) {
      ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
      float[] vector = embedded.vectors().get(i);
      if (base64) {
        one.put("embedding", base64(vector));
      } else {
        ArrayNode numbers = one.putArray("embedding");
        for (float value : vector) {
          numbers.add(value);
        }
      }
    }
    node.put("model", model)
        .putObject("usage")
        .put("prompt_tokens", embedded.tokens())
        .put("total_tokens", embedded.tokens());
    return node;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
