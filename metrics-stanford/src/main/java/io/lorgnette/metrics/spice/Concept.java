package io.lorgnette.metrics.spice;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** What words mean alike: some words and the sets of synonyms they belong to. */
final class Concept {

  private final Set<String> words = new TreeSet<>();
  private final Set<Long> synsets = new TreeSet<>();

  Concept(String word, Set<Long> synsets) {
    words.add(word);
    this.synsets.addAll(synsets);
  }

  /** The words, in alphabetical order. */
  Set<String> words() {
    return Collections.unmodifiableSet(words);
  }

  /** Whether the two share a word or a set of synonyms. */
  boolean isLike(Concept other) {
    return !Collections.disjoint(words, other.words)
        || !Collections.disjoint(synsets, other.synsets);
  }

  /** 1 if they share a word, otherwise the share of common sets of synonyms among all of both. */
  double similarity(Concept other) {
    if (!Collections.disjoint(words, other.words)) {
      return 1;
    }
    long common = synsets.stream().filter(other.synsets::contains).count();
    return common == 0 ? 0 : (double) common / (synsets.size() + other.synsets.size() - common);
  }

  void add(Concept other) {
    words.addAll(other.words);
    synsets.addAll(other.synsets);
  }

  @Override
  public String toString() {
    return String.join("/", words);
  }
}
