package io.lorgnette.metrics.spice;

import java.util.List;

/**
 * A sentence with its dependencies, as the parser gives them: collapsed, and carried over
 * conjunctions.
 *
 * @param words in the order of the text; words that the parser has copied come at the end
 * @param dependencies between words
 */
record Sentence(List<Word> words, List<Dependency> dependencies) {

  /**
   * A word.
   *
   * @param position in the sentence, from 1; a copied word has that of its original
   * @param text as written
   * @param lemma its base form
   * @param tag its part of speech in the Penn Treebank
   */
  record Word(int position, String text, String lemma, String tag) {}

  /**
   * A dependency.
   *
   * @param governor index in {@link Sentence#words}, or {@link #ROOT}
   * @param dependent index in {@link Sentence#words}
   * @param relation such as {@code nsubj} or {@code nmod:on}
   */
  record Dependency(int governor, int dependent, String relation) {

    /** The governor of the sentence's head. */
    static final int ROOT = -1;
  }

  Sentence {
    words = List.copyOf(words);
    dependencies = List.copyOf(dependencies);
    for (Dependency dependency : dependencies) {
      if (dependency.governor() < Dependency.ROOT
          || dependency.governor() >= words.size()
          || dependency.dependent() < 0
          || dependency.dependent() >= words.size()) {
        throw new IllegalArgumentException(
            dependency + " is not between two of " + words.size() + " words");
      }
    }
  }
}
