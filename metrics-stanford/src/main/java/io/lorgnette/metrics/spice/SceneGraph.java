package io.lorgnette.metrics.spice;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Objects of a scene, their attributes and relations. What is named twice, by the same word or by
 * synonyms, is there once.
 */
final class SceneGraph {

  private record Node(Concept concept, List<Concept> attributes) {}

  /** A relation between the nodes at two places. */
  private record Relation(int first, Concept concept, int second) {}

  private final Function<String, Concept> concepts;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Relation> relations = new ArrayList<>();

  /**
   * A graph of what was said, added one after the other.
   *
   * @param concepts makes a new concept of a word or phrase
   */
  SceneGraph(Collection<Proposition> propositions, Function<String, Concept> concepts) {
    this.concepts = concepts;
    propositions.forEach(this::add);
  }

  private void add(Proposition proposition) {
    List<String> parts = proposition.parts();
    int node = node(parts.get(0));
    if (parts.size() == 2) {
      attribute(nodes.get(node), concepts.apply(parts.get(1)));
    } else if (parts.size() == 3) {
      relate(node, parts.get(1), node(parts.get(2)));
    }
  }

  /** The place of the node for a word, which is a new one or the one most similar to it. */
  private int node(String word) {
    Concept concept = concepts.apply(word);
    int best = nodes.size();
    double similarity = 0;
    for (int i = 0; i < nodes.size(); i++) {
      double other = nodes.get(i).concept().similarity(concept);
      if (other > similarity) {
        best = i;
        similarity = other;
      }
    }
    if (best == nodes.size()) {
      nodes.add(new Node(concept, new ArrayList<>()));
    } else {
      nodes.get(best).concept().add(concept);
    }
    return best;
  }

  private static void attribute(Node node, Concept attribute) {
    Optional<Concept> like = node.attributes().stream().filter(attribute::isLike).findFirst();
    like.ifPresentOrElse(known -> known.add(attribute), () -> node.attributes().add(attribute));
  }

  private void relate(int first, String predicate, int second) {
    Concept concept =
        concepts.apply(predicate.startsWith("be ") ? predicate.substring(3) : predicate);
    for (Relation relation : relations) {
      if (relation.first() == first
          && relation.second() == second
          && relation.concept().isLike(concept)) {
        relation.concept().add(concept);
        return;
      }
    }
    relations.add(new Relation(first, concept, second));
  }

  /** Objects alone, objects with an attribute, and objects in a relation. */
  List<SceneTuple> tuples() {
    List<SceneTuple> tuples = new ArrayList<>();
    for (Node node : nodes) {
      tuples.add(new SceneTuple(List.of(node.concept())));
      for (Concept attribute : node.attributes()) {
        tuples.add(new SceneTuple(List.of(node.concept(), attribute)));
      }
    }
    for (Relation relation : relations) {
      tuples.add(
          new SceneTuple(
              List.of(
                  nodes.get(relation.first()).concept(),
                  relation.concept(),
                  nodes.get(relation.second()).concept())));
    }
    return tuples;
  }
}
