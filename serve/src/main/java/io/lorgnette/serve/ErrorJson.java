package io.lorgnette.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Errors in OpenAI's JSON. */
final class ErrorJson {

  private ErrorJson() {}

  static ObjectNode of(ApiException e) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.putObject("error")
        .put("message", e.getMessage())
        .put("type", e.type())
        .put("param", e.parameter())
        .put("code", e.code());
    return node;
  }
}
