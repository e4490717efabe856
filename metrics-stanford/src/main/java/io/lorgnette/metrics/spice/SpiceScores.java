package io.lorgnette.metrics.spice;

import java.util.List;
import java.util.function.Predicate;

/**
 * How well the tuples of a caption agree with those of its references.
 *
 * <p>Each tuple of the caption is right if any tuple of the references is like it; several may be
 * right by the same one.
 *
 * @param right tuples of the caption that are right
 * @param said tuples of the caption
 * @param expected tuples of the references
 */
record SpiceScores(int right, int said, int expected) {

  /** Compares the tuples of a kind. */
  static SpiceScores of(
      List<SceneTuple> caption, List<SceneTuple> references, Predicate<SceneTuple> kind) {
    List<SceneTuple> expected = references.stream().filter(kind).toList();
    List<SceneTuple> said = caption.stream().filter(kind).toList();
    int right = 0;
    for (SceneTuple tuple : said) {
      right += expected.stream().anyMatch(tuple::isLike) ? 1 : 0;
    }
    return new SpiceScores(right, said.size(), expected.size());
  }

  /** Whether the references say anything of this kind; if not, there is no score. */
  boolean defined() {
    return expected > 0;
  }

  double precision() {
    return said == 0 ? 0 : (double) right / said;
  }

  double recall() {
    return expected == 0 ? 0 : (double) right / expected;
  }

  /** The harmonic mean of precision and recall. */
  double f() {
    double precision = precision();
    double recall = recall();
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }
}
