package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SceneGraphTest {

  private static final Map<String, Set<Long>> SENSES =
      Map.of(
          "big", Set.of(1L, 2L),
          "large", Set.of(1L),
          "boat", Set.of(10L, 11L, 12L),
          "ship", Set.of(10L),
          "vessel", Set.of(10L, 11L),
          "hold", Set.of(20L),
          "carry", Set.of(20L));

  private static List<SceneTuple> tuples(String... propositions) {
    List<Proposition> all =
        Stream.of(propositions).map(p -> new Proposition(List.of(p.split("-")))).toList();
    return new SceneGraph(all, word -> new Concept(word, SENSES.getOrDefault(word, Set.of())))
        .tuples();
  }

  private static List<String> texts(String... propositions) {
    return tuples(propositions).stream().map(SceneTuple::toString).toList();
  }

  @Test
  void whatHasTheSameNameIsThereOnce() {
    assertThat(texts("dog", "dog-brown", "dog-brown", "dog"))
        .containsExactlyInAnyOrder("dog", "dog-brown");
  }

  @Test
  void synonymsAreOneObjectAndOneAttribute() {
    assertThat(texts("boat-big", "ship-large"))
        .containsExactlyInAnyOrder("boat/ship", "boat/ship-big/large");
  }

  @Test
  void aNewObjectJoinsTheMostSimilarOne() {
    // A vessel shares one of two senses with the ship, and two of three with the boat.
    assertThat(new Concept("vessel", SENSES.get("vessel")).similarity(concept("ship")))
        .isEqualTo(1 / 2.0);
    assertThat(new Concept("vessel", SENSES.get("vessel")).similarity(concept("boat")))
        .isEqualTo(2 / 3.0);
    assertThat(texts("ship", "vessel")).containsExactly("ship/vessel");
  }

  private static Concept concept(String word) {
    return new Concept(word, SENSES.get(word));
  }

  @Test
  void relationsMergeOnlyBetweenTheSameThings() {
    assertThat(texts("man-hold-dog", "man-carry-dog", "man-carry-cat"))
        .contains("man-carry/hold-dog", "man-carry-cat")
        .hasSize(5);
  }

  @Test
  void aLeadingBeIsLeftOut() {
    assertThat(texts("dog-be on-bed")).contains("dog-on-bed");
  }

  @Test
  void attributesAreOfOneObject() {
    assertThat(texts("boat-red", "dog-red")).contains("boat-red", "dog-red");
  }

  @Test
  void scoresCountTuplesOfTheCaption() {
    // The caption's boat and ship are two tuples when its graph keeps them apart.
    List<SceneTuple> caption = tuples("boat", "dog", "dog-brown");
    List<SceneTuple> references = tuples("ship", "ship-red", "dog-black", "dog-brown");
    SpiceScores all = SpiceScores.of(caption, references, tuple -> true);
    assertThat(all).isEqualTo(new SpiceScores(3, 3, 5));
    assertThat(all.precision()).isEqualTo(1);
    assertThat(all.recall()).isEqualTo(0.6);
    assertThat(all.f()).isEqualTo(2 * 0.6 / 1.6);
    TupleKind colour = TupleKind.ALL.get(3);
    assertThat(colour.label()).isEqualTo("colour");
    assertThat(SpiceScores.of(caption, references, colour)).isEqualTo(new SpiceScores(1, 1, 3));
  }

  @Test
  void severalTuplesMayBeRightByTheSameOne() {
    List<SceneTuple> caption =
        Stream.of("boat", "ship").map(word -> new SceneTuple(List.of(concept(word)))).toList();
    assertThat(SpiceScores.of(caption, tuples("vessel"), tuple -> true))
        .isEqualTo(new SpiceScores(2, 2, 1));
  }

  @Test
  void withoutTuplesOfTheReferencesThereIsNoScore() {
    assertThat(SpiceScores.of(tuples("dog"), List.of(), tuple -> true).defined()).isFalse();
    assertThat(SpiceScores.of(tuples("dog"), List.of(), tuple -> true).f()).isZero();
    assertThat(SpiceScores.of(List.of(), tuples("dog"), tuple -> true).f()).isZero();
  }

  @Test
  void aMergedAttributeIsNoSize() {
    TupleKind size = TupleKind.ALL.get(5);
    assertThat(tuples("boat-big").stream().filter(size)).hasSize(1);
    assertThat(tuples("boat-big", "boat-large").stream().filter(size)).isEmpty();
  }
}
