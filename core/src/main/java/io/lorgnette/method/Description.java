package io.lorgnette.method;

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

  private long count(boolean trained) {
    return parts.stream()
        .filter(part -> part.trained() == trained)
        .mapToLong(Part::parameters)
        .sum();
  }
}
