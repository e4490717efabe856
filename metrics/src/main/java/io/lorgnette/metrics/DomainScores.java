package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Caption scores apart for each domain of the images, as nocaps reports them (Agrawal et al. 2019):
 * in-domain, near-domain and out-of-domain by whether COCO labels the objects. The images of a
 * domain are scored as if they were a set of their own, so that CIDEr's document frequencies are
 * theirs.
 */
public final class DomainScores {

  private static final List<String> NOCAPS = List.of("in-domain", "near-domain", "out-domain");

  private DomainScores() {}

  /**
   * Scores each domain.
   *
   * @param domains by image; an image without one counts in none
   * @param references one or more captions by image
   * @param results one caption by image
   * @return by domain, nocaps' own first; empty where no evaluated image has a domain
   */
  public static Map<String, CaptionScores> of(
      Map<String, String> domains,
      Map<String, ? extends List<String>> references,
      Map<String, String> results,
      CaptionOptions options) {
    if (domains.isEmpty()) {
      return Map.of();
    }
    Set<String> evaluated =
        options.evaluated() == Evaluated.RESULTS ? results.keySet() : references.keySet();
    Map<String, Map<String, List<String>>> byDomain = new LinkedHashMap<>();
    references.forEach(
        (image, captions) -> {
          String domain = domains.get(image);
          if (domain != null && evaluated.contains(image)) {
            byDomain.computeIfAbsent(domain, d -> new LinkedHashMap<>()).put(image, captions);
          }
        });
    List<String> names = new ArrayList<>(byDomain.keySet());
    names.sort(
        Comparator.comparingInt((String name) -> NOCAPS.contains(name) ? NOCAPS.indexOf(name) : 3)
            .thenComparing(Comparator.naturalOrder()));
    Map<String, CaptionScores> scores = new LinkedHashMap<>();
    for (String name : names) {
      Map<String, List<String>> own = byDomain.get(name);
      Map<String, String> said = new LinkedHashMap<>();
      own.keySet().forEach(image -> said.put(image, results.get(image)));
      scores.put(name, CaptionScores.of(own, said, options));
    }
    return Collections.unmodifiableMap(scores);
  }
}
