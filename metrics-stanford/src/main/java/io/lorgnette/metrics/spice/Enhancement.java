package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.util.List;
import java.util.Set;

/** Prepares a graph for the rules: quantifiers become modifiers, pronouns what they stand for. */
final class Enhancement {

  /** Relation of a quantifier to what there are so many of. */
  static final String QUANTIFIER = "det:qmod";

  private static final Set<String> AFTER_ARTICLE =
      Set.of(
          "lot", "assortment", "number", "couple", "bunch", "handful", "litany", "sheaf", "slew",
          "dozen", "series", "variety", "multitude", "wad", "clutch", "wave", "mountain", "array",
          "spate", "string", "ton", "range", "plethora", "heap", "sort", "form", "kind", "type",
          "version", "bit", "pair", "triple", "total");

  private static final Set<String> ALONE =
      Set.of(
          "lots", "many", "several", "plenty", "tons", "dozens", "multitudes", "mountains",
          "loads", "pairs", "tens", "hundreds", "thousands", "millions", "billions", "trillions",
          "some", "all", "both", "neither", "everyone", "nobody", "one", "two", "three", "four",
          "five", "six", "seven", "eight", "nine", "ten", "hundred", "thousand");

  private Enhancement() {}

  static DependencyGraph of(Sentence sentence) {
    DependencyGraph graph = new DependencyGraph(sentence);
    quantifiers(graph);
    pronouns(graph);
    return graph;
  }

  /** "A lot of dogs" is about dogs. */
  private static void quantifiers(DependencyGraph graph) {
    for (Dependency of : graph.all("nmod:of"::equals)) {
      int quantifier = of.governor();
      int thing = of.dependent();
      int first = firstOfQuantifier(graph, quantifier);
      if (first < 0) {
        continue;
      }
      for (Dependency above : graph.over(quantifier, relation -> true)) {
        graph.remove(above);
        graph.add(new Dependency(above.governor(), thing, above.relation()));
      }
      graph.remove(of);
      for (Dependency beside : graph.under(quantifier, relation -> !relation.equals("det"))) {
        graph.remove(beside);
        graph.add(new Dependency(thing, beside.dependent(), beside.relation()));
      }
      graph.add(new Dependency(thing, first, QUANTIFIER));
    }
  }

  private static int firstOfQuantifier(DependencyGraph graph, int quantifier) {
    Word word = graph.word(quantifier);
    if (ALONE.contains(word.text())) {
      return quantifier;
    }
    if (AFTER_ARTICLE.contains(word.text()) && quantifier > 0) {
      Word before = graph.word(quantifier - 1);
      if (before.text().equals("a") || before.text().equals("an")) {
        return quantifier - 1;
      }
    }
    return -1;
  }

  /** A pronoun stands for the first noun of the sentence. */
  private static void pronouns(DependencyGraph graph) {
    List<Word> words = graph.words();
    int antecedent = -1;
    for (int i = 0; i < words.size(); i++) {
      String tag = words.get(i).tag();
      if (antecedent < 0
          && tag.startsWith("NN")
          && graph.over(i, "compound"::equals).isEmpty()
          && graph.over(i, "mwe"::equals).isEmpty()) {
        antecedent = i;
      } else if (antecedent >= 0 && tag.startsWith("PRP")) {
        for (Dependency above : graph.over(i, relation -> true)) {
          graph.remove(above);
          graph.add(new Dependency(above.governor(), antecedent, above.relation()));
        }
        for (Dependency below : graph.under(i, relation -> true)) {
          graph.remove(below);
          graph.add(new Dependency(antecedent, below.dependent(), below.relation()));
        }
      }
    }
  }
}
