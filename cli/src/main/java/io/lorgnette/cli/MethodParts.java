package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.method.Description;
import io.lorgnette.method.Part;

/** A method's parts, for machines and for people. */
final class MethodParts {

  private MethodParts() {}

  static ObjectNode json(Description description) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("method", description.method().id());
    node.put("title", description.method().title());
    node.put("approach", description.method().approach());
    ArrayNode trained = node.putArray("trained");
    description.parts().stream()
        .filter(Part::trained)
        .forEach(part -> trained.add(part.role().toString()));
    node.set("parts", description.partsJson());
    node.put("trainedParameters", description.trainedParameters());
    node.put("frozenParameters", description.frozenParameters());
    return node;
  }

  static void print(Console console, Description description) {
    TextTable table = new TextTable();
    for (Part part : description.parts()) {
      table.row(
          part.role().toString(),
          part.name(),
          part.trained() ? "trained" : "frozen",
          Numbers.whole(part.parameters()));
    }
    table.lines("  ").forEach(console::result);
    long trained = description.trainedParameters();
    long all = trained + description.frozenParameters();
    console.result(
        "  trained "
            + Numbers.whole(trained)
            + " of "
            + Numbers.whole(all)
            + " parameters ("
            + Numbers.percent((double) trained / all)
            + ")");
  }
}
