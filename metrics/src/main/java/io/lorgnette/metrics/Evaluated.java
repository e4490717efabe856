package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which images (or questions) a score is taken over. The choice moves numbers: CIDEr's document
 * frequencies come from the evaluated references.
 */
public enum Evaluated {
  /** All that the reference file holds; each must have a result. The default of coco-caption. */
  REFERENCES,
  /** Those that have a result; references without one are left out. */
  RESULTS;

  /**
   * The evaluated ids in ascending order.
   *
   * @param what what an id names, in the singular: {@code image} or {@code question}
   * @throws InputException if a result has no reference, or a reference no result where it must
   */
  List<String> select(
      Set<String> references,
      String referenceSource,
      Set<String> results,
      String resultSource,
      String what) {
    if (results.isEmpty()) {
      throw new InputException(resultSource + " holds no results; expected one per " + what + ".");
    }
    List<String> unknown = missing(results, references);
    if (!unknown.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %s %s has a result but no references in %s (%d such %ss); score against the reference file these results were made for.",
              resultSource,
              what,
              unknown.get(0),
              referenceSource,
              unknown.size(),
              what));
    }
    if (this == RESULTS) {
      return results.stream().sorted().toList();
    }
    List<String> unanswered = missing(references, results);
    if (!unanswered.isEmpty()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s: %d of %d %ss of %s have no result, the first is %s; add them, or evaluate only the %ss with results.",
              resultSource,
              unanswered.size(),
              references.size(),
              what,
              referenceSource,
              unanswered.get(0),
              what));
    }
    return references.stream().sorted().toList();
  }

  private static List<String> missing(Collection<String> ids, Set<String> from) {
    return ids.stream().filter(id -> !from.contains(id)).toList();
  }
}
