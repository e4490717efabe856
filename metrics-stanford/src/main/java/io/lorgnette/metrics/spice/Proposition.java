package io.lorgnette.metrics.spice;

import java.util.List;

/**
 * Something that a caption says: that there is a thing (one part), that a thing has an attribute
 * (two parts), or that two things stand in a relation (three parts: thing, relation, thing).
 *
 * @param parts lemmas in lower case
 */
record Proposition(List<String> parts) {

  Proposition {
    parts = List.copyOf(parts);
    if (parts.isEmpty() || parts.size() > 3) {
      throw new IllegalArgumentException("a proposition has one to three parts but got " + parts);
    }
  }

  static Proposition of(String... parts) {
    return new Proposition(List.of(parts));
  }
}
