package io.lorgnette.method;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** A method with its parts, trained and frozen. */
public record Description(MethodKind method, List<Part> parts) {

  public Description {
    parts = List.copyOf(parts);
  }

  public long trainedParameters() {
    return count(true);
  }

  public long frozenParameters() {
    return count(false);
  }

  /** The parts for files and for machines. */
  public ArrayNode partsJson() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Part part : parts) {
      list.addObject()
          .put("role", part.role().toString())
          .put("name", part.name())
          .put("trained", part.trained())
          .put("parameters", part.parameters());
    }
    return list;
  }

  private long count(boolean trained) {
    return parts.stream()
        .filter(part -> part.trained() == trained)
        .mapToLong(Part::parameters)
        .sum();
  }
}
