package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sentences written by hand. */
final class Sentences {

  private static final Pattern DEPENDENCY = Pattern.compile("(\\S+)\\((\\d+), (\\d+)\\)");

  private Sentences() {}

  /**
   * A sentence.
   *
   * @param words such as {@code dogs/dog/NNS}: text, lemma, tag
   * @param dependencies such as {@code nsubj(2, 1)}: governor and dependent, counted from 1; 0 is
   *     the root
   */
  static Sentence of(String words, String... dependencies) {
    List<Word> all = new ArrayList<>();
    for (String word : words.split(" ", -1)) {
      String[] parts = word.split("/", -1);
      all.add(new Word(all.size() + 1, parts[0], parts[1], parts[2]));
    }
    List<Dependency> edges = new ArrayList<>();
    for (String dependency : dependencies) {
      Matcher matcher = DEPENDENCY.matcher(dependency);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(dependency);
      }
      edges.add(
          new Dependency(
              Integer.parseInt(matcher.group(2)) - 1,
              Integer.parseInt(matcher.group(3)) - 1,
              matcher.group(1)));
    }
    return new Sentence(all, edges);
  }
}
