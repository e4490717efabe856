package io.lorgnette.serve;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

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

  /** The same as it is sent. */
  static byte[] bytes(ApiException e) {
    return of(e).toString().getBytes(StandardCharsets.UTF_8);
  }
}
