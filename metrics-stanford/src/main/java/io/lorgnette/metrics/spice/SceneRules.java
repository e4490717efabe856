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

  private final DependencyGraph graph;
  private final Set<Proposition> propositions = new LinkedHashSet<>();

  private SceneRules(DependencyGraph graph) {
    this.graph = graph;
  }

  static List<Proposition> propositions(Sentence sentence) {
    SceneRules rules = new SceneRules(Enhancement.of(sentence));
    rules.clauses();
    rules.passives();
    rules.copulas();
    rules.modifiers();
    rules.possessions();
    rules.objects();
    return new ArrayList<>(rules.propositions);
  }

  private void clauses() {
    for (Dependency subject : graph.all(r -> r.equals("nsubj") || r.equals("acl"))) {
      boolean clause = subject.relation().equals("nsubj");
      int verb = clause ? subject.governor() : subject.dependent();
      int thing = clause ? subject.dependent() : subject.governor();
      if (!isNoun(thing)) {
        continue;
      }
      boolean alone = true;
      if (!graph.word(verb).tag().startsWith("V")) {
        continue;
      }
      for (Dependency object : graph.under(verb, SceneRules::isObject)) {
        if (isNoun(object.dependent())) {
          relate(thing, predicate(verb, object.relation()), object.dependent());
          alone = false;
        }
      }
      if (clause && alone) {
        attribute(thing, predicate(verb, ""));
      }
    }
  }

  private static boolean isObject(String relation) {
    return relation.equals("dobj") || relation.equals("iobj") || isPlace(relation);
  }

  private static boolean isPlace(String relation) {
    return relation.startsWith("nmod:")
        && !relation.equals("nmod:poss")
        && !relation.equals("nmod:agent");
  }

  private void passives() {
    for (Dependency subject : graph.all("nsubjpass"::equals)) {
      for (Dependency agent : graph.under(subject.governor(), "nmod:agent"::equals)) {
        if (isNoun(subject.dependent()) && isNoun(agent.dependent())) {
          relate(agent.dependent(), predicate(subject.governor(), ""), subject.dependent());
        }
      }
    }
  }

  private void copulas() {
    for (Dependency subject : graph.all("nsubj"::equals)) {
      int thing = subject.dependent();
      int predicate = subject.governor();
      if (!isNoun(thing) || graph.first(predicate, "cop").isEmpty()) {
        continue;
      }
      Optional<Integer> preposition = graph.first(predicate, "case");
      if (isNoun(predicate)) {
        if (preposition.isPresent()) {
          relate(thing, phrase(preposition.get()), predicate);
        }
      } else if (graph.word(predicate).tag().startsWith("J")) {
        attribute(thing, lemma(predicate));
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
    for (Dependency modifier : graph.all(r -> r.equals("amod") || r.equals("compound") || r.equals("nummod") || r.equals(Enhancement.QUANTIFIER) || isPlace(r))) {
      int thing = modifier.governor();
      int other = modifier.dependent();
      if (!isNoun(thing)) {
        continue;
      }
      switch (modifier.relation()) {
        case "amod", "compound", Enhancement.QUANTIFIER -> attribute(thing, lemma(other));
        case "nummod" -> {
          boolean plural = graph.word(thing).tag().endsWith("S");
          if (plural && graph.word(other).position() < graph.word(thing).position()) {
            attribute(thing, lemma(other));
          }
        }
        default -> {
          if (isNoun(other)) {
            relate(thing, preposition(modifier.relation()), other);
          }
        }
      }
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

  private String lemma(int index) {
    return graph.word(index).lemma().strip().toLowerCase(Locale.ROOT);
  }

  private String predicate(int verb, String relation) {
    StringBuilder predicate = new StringBuilder(lemma(verb));
    graph.first(verb, "compound:prt").ifPresent(p -> predicate.append(' ').append(lemma(p)));
    if (relation.startsWith("nmod:")) {
      predicate.append(' ').append(preposition(relation));
    }
    return predicate.toString();
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
