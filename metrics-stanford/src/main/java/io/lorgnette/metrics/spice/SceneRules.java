package io.lorgnette.metrics.spice;

import io.lorgnette.metrics.spice.Sentence.Dependency;
import io.lorgnette.metrics.spice.Sentence.Word;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a sentence says, by rules over its dependencies. */
final class SceneRules {

  private static final String AGENT = "nmod:agent";

  private final DependencyGraph graph;
  private final Set<Proposition> propositions = new LinkedHashSet<>();

  private SceneRules(DependencyGraph graph) {
    this.graph = graph;
  }

  static List<Proposition> propositions(Sentence sentence) {
    SceneRules rules = new SceneRules(Enhancement.of(sentence));
    rules.clauses();
    rules.passives();
    rules.modifiers();
    rules.possessions();
    rules.objects();
    return new ArrayList<>(rules.propositions);
  }

  private void clauses() {
    for (Dependency subject : graph.all("nsubj"::equals)) {
      int thing = subject.dependent();
      int predicate = subject.governor();
      List<Dependency> objects = objects(predicate);
      boolean acts = graph.first(predicate, "cop").isEmpty() && !objects.isEmpty();
      if (acts && isNoun(thing)) {
        act(thing, predicate, objects);
      }
      if (isAdjective(predicate)) {
        attribute(thing, lemma(predicate));
      } else if (!acts && (isNoun(thing) || isOne(thing))) {
        predicate(thing, predicate);
      }
    }
    for (Dependency clause : graph.all("acl"::equals)) {
      act(clause.governor(), clause.dependent(), objects(clause.dependent()));
    }
  }

  private List<Dependency> objects(int verb) {
    return graph.under(verb, SceneRules::isObject).stream()
        .filter(object -> isNoun(object.dependent()))
        .toList();
  }

  private void act(int thing, int verb, List<Dependency> objects) {
    objects.forEach(object -> relate(thing, action(verb, object.relation()), object.dependent()));
  }

  /** A thing is something, somewhere, or does something by itself. */
  private void predicate(int thing, int predicate) {
    Optional<Integer> preposition = graph.first(predicate, "case");
    if (preposition.isPresent()) {
      relate(thing, phrase(preposition.get()), predicate);
    } else if (!lemma(predicate).equals("be")) {
      attribute(thing, lemma(predicate));
    }
  }

  private static boolean isObject(String relation) {
    return relation.equals("dobj")
        || relation.equals("iobj")
        || relation.equals(AGENT)
        || relation.equals("nmod:poss")
        || isPlace(relation);
  }

  private static boolean isPlace(String relation) {
    return relation.startsWith("nmod:") && !relation.equals("nmod:poss") && !relation.equals(AGENT);
  }

  private void passives() {
    for (Dependency subject : graph.all("nsubjpass"::equals)) {
      for (Dependency agent : graph.under(subject.governor(), AGENT::equals)) {
        if (isNoun(subject.dependent()) && isNoun(agent.dependent())) {
          relate(agent.dependent(), action(subject.governor(), ""), subject.dependent());
        }
      }
    }
  }

  private String phrase(int preposition) {
    StringBuilder phrase = new StringBuilder(lemma(preposition));
    for (Dependency more : graph.under(preposition, "mwe"::equals)) {
      phrase.append(' ').append(lemma(more.dependent()));
    }
    return phrase.toString();
  }

  private void modifiers() {
    for (Dependency modifier :
        graph.all(
            r ->
                r.equals("amod")
                    || r.equals("compound")
                    || r.equals("nummod")
                    || r.equals(Enhancement.QUANTIFIER)
                    || isPlace(r))) {
      int thing = modifier.governor();
      int other = modifier.dependent();
      switch (modifier.relation()) {
        case "amod" -> attribute(thing, lemma(other));
        case "compound" -> {
          if (isNoun(other)) {
            attribute(thing, lemma(other));
          }
        }
        case "nummod" -> number(thing, other);
        case Enhancement.QUANTIFIER -> {
          if (graph.first(thing, "nummod").isEmpty()) {
            number(thing, other);
          }
        }
        default -> {
          if (isNoun(thing)) {
            relate(thing, preposition(modifier.relation()), other);
          }
        }
      }
    }
  }

  private void number(int thing, int number) {
    if (isPlural(thing) && number < thing) {
      attribute(thing, lemma(number));
    }
  }

  private void possessions() {
    for (Dependency possession : graph.all("nmod:poss"::equals)) {
      if (isNoun(possession.dependent()) && isNoun(possession.governor())) {
        relate(possession.dependent(), "have", possession.governor());
      }
    }
  }

  private void objects() {
    for (int i = 0; i < graph.words().size(); i++) {
      if (isNoun(i) && graph.over(i, "compound"::equals).isEmpty()) {
        propositions.add(Proposition.of(lemma(i)));
      }
    }
  }

  private boolean isNoun(int index) {
    return graph.word(index).tag().startsWith("NN");
  }

  /** "One" stays, as a pronoun too, where nothing was found that it stands for. */
  private boolean isOne(int index) {
    Word word = graph.word(index);
    return word.tag().equals("PRP") && word.text().equals("one");
  }

  private boolean isPlural(int index) {
    return isNoun(index) && graph.word(index).tag().endsWith("S");
  }

  private boolean isAdjective(int index) {
    return graph.word(index).tag().startsWith("JJ");
  }

  /** What a thing or an attribute is called. */
  private String lemma(int index) {
    return graph.word(index).lemma().strip().toLowerCase(Locale.ROOT);
  }

  private String action(int verb, String relation) {
    // The letters' case is kept, which matters for the parser's odd lemmas of brackets only.
    StringBuilder action = new StringBuilder(graph.word(verb).lemma().strip());
    graph.first(verb, "compound:prt").ifPresent(p -> action.append(' ').append(lemma(p)));
    if (isPlace(relation)) {
      action.append(' ').append(preposition(relation));
    }
    return action.toString();
  }

  private static String preposition(String relation) {
    return relation.substring("nmod:".length()).replace('_', ' ');
  }

  private void relate(int first, String predicate, int second) {
    propositions.add(Proposition.of(lemma(first), predicate, lemma(second)));
  }

  private void attribute(int thing, String attribute) {
    propositions.add(Proposition.of(lemma(thing), attribute));
  }
}
