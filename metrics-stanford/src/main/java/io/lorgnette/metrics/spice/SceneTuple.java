package io.lorgnette.metrics.spice;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An object, an object with an attribute, or two objects in a relation.
 *
 * @param concepts one, two or three
 */
record SceneTuple(List<Concept> concepts) {

  /** Whether the concepts of both are alike at each place. */
  boolean isLike(SceneTuple other) {
    if (concepts.size() != other.concepts.size()) {
      return false;
    }
    for (int i = 0; i < concepts.size(); i++) {
      if (!concepts.get(i).isLike(other.concepts.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return concepts.stream().map(Concept::toString).collect(Collectors.joining("-"));
  }
}
