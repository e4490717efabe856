package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Prepares a graph for the rules: quantifiers become modifiers, pronouns what they stand for. */
final class Enhancement {

  /** Relation of a quantifier to what there are so many of. */
  static final String QUANTIFIER = "det:qmod";

  /** Quantifiers between "a" and "of". */
  private static final Set<String> AFTER_ARTICLE =
      Words.of(
          """
          lot assortment number couple bunch handful litany sheaf slew dozen series variety
          multitude wad clutch wave mountain array spate string ton range plethora heap sort
          form kind type version bit pair triple total
          """);

  /** Quantifiers before "of". */
  private static final Set<String> BEFORE_OF =
      Words.of(
          """
          lots many several plenty tons dozens multitudes mountains loads pairs tens hundreds
          thousands millions billions trillions
          """);

  /** Quantifiers before "of the". */
  private static final Set<String> BEFORE_OF_THE =
      Words.of(
          """
          some all both neither everyone nobody one two three four five six seven eight nine ten
          hundred thousand million billion trillion
          """);

  private static final Set<String> OF_QUANTIFIERS = Set.of("det", "nummod", "amod");

  private static final Set<String> INDEFINITE = Set.of("a", "an");

  private static final Set<String> SINGULAR =
      Words.of(
          """
          i me my mine myself he him his himself she her hers herself it its itself one
          """);

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
      int first = firstOfQuantifier(graph, quantifier, thing);
      if (first < 0 || !graph.first(thing, "case").equals(Optional.of(quantifier + 1))) {
        continue;
      }
      List<Dependency> above = graph.over(quantifier, relation -> true);
      above.forEach(graph::remove);
      // Only one of them is carried over, the first: so it was observed.
      above.stream()
          .limit(1)
          .forEach(a -> graph.add(new Dependency(a.governor(), thing, a.relation())));
      graph.remove(of);
      graph.under(quantifier, OF_QUANTIFIERS::contains).forEach(graph::remove);
      if (first != quantifier) {
        graph.add(new Dependency(first, quantifier, "mwe"));
      }
      graph.add(new Dependency(thing, first, QUANTIFIER));
    }
  }

  /** The first word of the quantifier that ends with a word; -1 if it is none. */
  private static int firstOfQuantifier(DependencyGraph graph, int quantifier, int thing) {
    String text = graph.word(quantifier).text();
    Optional<Integer> article =
        graph.under(quantifier, "det"::equals).stream()
            .map(Dependency::dependent)
            .filter(i -> INDEFINITE.contains(graph.word(i).text()))
            .findFirst();
    if (AFTER_ARTICLE.contains(text) && article.isPresent()) {
      return article.get();
    }
    boolean beforeThe = graph.first(thing, "det").isPresent();
    if (BEFORE_OF.contains(text)
        || text.matches("[0-9]+s")
        || (beforeThe && (BEFORE_OF_THE.contains(text) || text.matches("[0-9]+")))) {
      return Math.min(quantifier, graph.under(quantifier).stream().findFirst().orElse(quantifier));
    }
    return -1;
  }

  /** A pronoun stands for the noun nearest to the root, the first of these in the sentence. */
  private static void pronouns(DependencyGraph graph) {
    List<Integer> nouns =
        breadthFirst(graph).stream().filter(i -> graph.word(i).tag().startsWith("NN")).toList();
    for (int i = 0; i < graph.words().size(); i++) {
      if (graph.word(i).tag().startsWith("PRP") && !graph.isRoot(i)) {
        int pronoun = i;
        nouns.stream()
            .filter(noun -> agree(graph.word(pronoun), graph.word(noun)))
            .findFirst()
            .filter(noun -> noun < pronoun)
            .ifPresent(noun -> replace(graph, pronoun, noun));
      }
    }
  }

  private static boolean agree(Word pronoun, Word noun) {
    return !SINGULAR.contains(pronoun.text()) || !noun.tag().endsWith("S");
  }

  private static List<Integer> breadthFirst(DependencyGraph graph) {
    Set<Integer> seen = new LinkedHashSet<>();
    List<Integer> queue = new ArrayList<>(graph.under(Dependency.ROOT));
    while (!queue.isEmpty()) {
      int word = queue.remove(0);
      if (seen.add(word)) {
        queue.addAll(graph.under(word));
      }
    }
    return new ArrayList<>(seen);
  }

  private static void replace(DependencyGraph graph, int pronoun, int noun) {
    for (Dependency above : graph.over(pronoun, relation -> true)) {
      graph.remove(above);
      graph.add(new Dependency(above.governor(), noun, above.relation()));
    }
    for (Dependency below : graph.under(pronoun, relation -> true)) {
      graph.remove(below);
      graph.add(new Dependency(noun, below.dependent(), below.relation()));
    }
  }
}
