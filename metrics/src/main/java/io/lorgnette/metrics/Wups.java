package io.lorgnette.metrics;

import java.util.Set;

/**
 * WUPS (Malinowski and Fritz 2014): how much two sets of things mean the same. Things that are less
 * alike than the threshold count a tenth of their likeness; a set is as right as the product over
 * its things of each one's best match, and the lower of the two directions counts.
 */
final class Wups {

  /** The threshold of the score that is usually reported. */
  static final double THRESHOLD = 0.9;

  private static final double UNLIKE = 0.1;

  private final WordNetNouns nouns;
  private final double threshold;

  Wups(WordNetNouns nouns, double threshold) {
    this.nouns = nouns;
    this.threshold = threshold;
  }

  /** The score of an answer; 1 for equal sets. */
  double score(Set<String> said, Set<String> right) {
    if (said.isEmpty() || right.isEmpty()) {
      return said.isEmpty() && right.isEmpty() ? 1 : 0;
    }
    return Math.min(product(said, right), product(right, said));
  }

  private double product(Set<String> things, Set<String> others) {
    return things.stream()
        .sorted()
        .mapToDouble(
            thing ->
                others.stream().mapToDouble(other -> likeness(thing, other)).max().orElseThrow())
        .reduce(1, (a, b) -> a * b);
  }

  private double likeness(String a, String b) {
    if (a.equals(b)) {
      return 1;
    }
    double likeness = nouns.similarity(a, b);
    return likeness < threshold ? UNLIKE * likeness : likeness;
  }
}
