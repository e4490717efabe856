package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.ExtraCaptionMetric.Listener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What captions say, parsed on all cores as far as they are not in the cache. Thread-safe. */
final class CaptionParses {

  /** After so many new parses they are written to disk, so that an interruption loses little. */
  private static final int WRITE_AFTER = 2_000;

  private final ParseCache cache;
  private CaptionParser parser;

  CaptionParses(ParseCache cache) {
    this.cache = cache;
  }

  /**
   * The propositions of each caption, all sentences of a caption together.
   *
   * @throws io.lorgnette.error.InputException if captions have to be parsed and can not be
   */
  Map<String, List<Proposition>> propositions(Collection<String> captions, Listener listener) {
    Map<String, List<Proposition>> all = new ConcurrentHashMap<>();
    List<String> missing = new ArrayList<>();
    for (String caption : captions) {
      cache
          .get(caption)
          .ifPresentOrElse(
              sentences -> all.put(caption, propositions(sentences)), () -> missing.add(caption));
    }
    if (!missing.isEmpty()) {
      CaptionParser loaded = parser();
      listener.done(all.size(), captions.size());
      try {
        missing.parallelStream()
            .forEach(
                caption -> {
                  List<Sentence> sentences = loaded.parse(caption);
                  all.put(caption, propositions(sentences));
                  keep(caption, sentences, all.size(), captions.size(), listener);
                });
      } finally {
        cache.write();
      }
    }
    return all;
  }

  private synchronized void keep(
      String caption, List<Sentence> sentences, int done, int captions, Listener listener) {
    cache.put(caption, sentences);
    if (cache.unwritten() >= WRITE_AFTER) {
      cache.write();
    }
    listener.done(done, captions);
  }

  private static List<Proposition> propositions(List<Sentence> sentences) {
    Set<Proposition> all = new LinkedHashSet<>();
    sentences.forEach(sentence -> all.addAll(SceneRules.propositions(sentence)));
    return List.copyOf(all);
  }

  private synchronized CaptionParser parser() {
    if (parser == null) {
      parser = CaptionParser.load();
    }
    return parser;
  }
}
