package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The dependencies of a sentence, to be searched and changed. */
final class DependencyGraph {

  private final List<Word> words;
  private final List<Dependency> dependencies;

  DependencyGraph(Sentence sentence) {
    words = sentence.words();
    dependencies = new ArrayList<>(sentence.dependencies());
  }

  List<Word> words() {
    return words;
  }

  Word word(int index) {
    return words.get(index);
  }

  /** Dependencies between two words, without that of the root. */
  List<Dependency> all(Predicate<String> relation) {
    return dependencies.stream()
        .filter(d -> d.governor() != Dependency.ROOT && relation.test(d.relation()))
        .toList();
  }

  /** What depends on a word. */
  List<Dependency> under(int governor, Predicate<String> relation) {
    return dependencies.stream()
        .filter(d -> d.governor() == governor && relation.test(d.relation()))
        .toList();
  }

  /** The words that depend on a word, or on the root, in the order of the sentence. */
  List<Integer> under(int governor) {
    return dependencies.stream()
        .filter(d -> d.governor() == governor)
        .map(Dependency::dependent)
        .distinct()
        .sorted()
        .toList();
  }

  /** What a word depends on. */
  List<Dependency> over(int dependent, Predicate<String> relation) {
    return dependencies.stream()
        .filter(d -> d.dependent() == dependent && relation.test(d.relation()))
        .toList();
  }

  Optional<Integer> first(int governor, String relation) {
    return under(governor, relation::equals).stream().map(Dependency::dependent).findFirst();
  }

  boolean isRoot(int index) {
    return dependencies.stream()
        .anyMatch(d -> d.governor() == Dependency.ROOT && d.dependent() == index);
  }

  void remove(Dependency dependency) {
    dependencies.remove(dependency);
  }

  void add(Dependency dependency) {
    if (!dependencies.contains(dependency)) {
      dependencies.add(dependency);
    }
  }
}
