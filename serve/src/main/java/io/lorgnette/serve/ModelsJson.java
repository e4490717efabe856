package io.lorgnette.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.method.Method;
import java.util.List;
import java.util.Optional;

/** The models of a server in OpenAI's JSON, with what is particular to them. */
final class ModelsJson {

  private ModelsJson() {}

  /**
   * All of them.
   *
   * @param captioner which one writes captions where none is named
   */
  static ObjectNode list(
      List<ServedModel> models, ServedModel captioner, Optional<ServedSpace> space, long created) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = node.putArray("data");
    models.forEach(model -> data.add(one(model, captioner, created)));
    space.ifPresent(s -> data.add(one(s, created)));
    return node;
  }

  private static ObjectNode head(String id, long created) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", "model")
        .put("created", created)
        .put("owned_by", "lorgnette");
  }

  static ObjectNode one(ServedModel served, ServedModel captioner, long created) {
    Method method = served.model().method();
    ObjectNode node = head(served.id(), created);
    node.putObject("lorgnette")
        .put("method", method.kind().toString())
        .put("vision", method.backbones().encoder().name())
        .put("language", method.backbones().language().name())
        .put("image_tokens", method.imageLength())
        .put("image_size", served.model().processor().size())
        .put("positions", method.backbones().lm().positions())
        .put("captions", served.equals(captioner));
    return node;
  }

  static ObjectNode one(ServedSpace space, long created) {
    ObjectNode node = head(space.id(), created);
    node.putObject("lorgnette")
        .put("dimensions", space.towers().texts().config().projection())
        .put("image_size", space.towers().images().processor().size());
    return node;
  }
}
