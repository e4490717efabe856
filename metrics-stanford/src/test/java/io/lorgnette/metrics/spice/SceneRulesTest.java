package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule on a tree written by hand; what is expected was printed by SPICE 1.0. */
class SceneRulesTest {

  private static void says(Sentence sentence, String... expected) {
    List<String> said =
        SceneRules.propositions(sentence).stream().map(p -> String.join("-", p.parts())).toList();
    assertThat(said).containsExactlyInAnyOrder(expected);
  }

  @Test
  void aSubjectActsOnObjectsAndPlaces() {
    says(
        Sentences.of(
            "player/player/NN kicks/kick/VBZ ball/ball/NN into/into/IN goal/goal/NN",
            "root(0, 2)",
            "nsubj(2, 1)",
            "dobj(2, 3)",
            "case(5, 4)",
            "nmod:into(2, 5)"),
        "player",
        "ball",
        "goal",
        "player-kick-ball",
        "player-kick into-goal");
  }

  @Test
  void particlesBelongToActionsButNotToWhatOneDoesAlone() {
    says(
        Sentences.of(
            "kitten/kitten/NN curled/curl/VBD up/up/RP on/on/IN computer/computer/NN",
            "root(0, 2)",
            "nsubj(2, 1)",
            "compound:prt(2, 3)",
            "case(5, 4)",
            "nmod:on(2, 5)"),
        "kitten",
        "computer",
        "kitten-curl up on-computer");
    says(
        Sentences.of(
            "kids/kid/NNS jump/jump/VBP around/around/RP",
            "root(0, 2)",
            "nsubj(2, 1)",
            "compound:prt(2, 3)"),
        "kid",
        "kid-jump");
  }

  @Test
  void prepositionsOfSeveralWordsAreWrittenWithBlanks() {
    says(
        Sentences.of(
            "cat/cat/NN sleeps/sleep/VBZ on/on/IN top/top/NN of/of/IN laptop/laptop/NN",
            "root(0, 2)",
            "nsubj(2, 1)",
            "case(6, 3)",
            "mwe(3, 4)",
            "mwe(3, 5)",
            "nmod:on_top_of(2, 6)"),
        "cat",
        "top",
        "laptop",
        "cat-sleep on top of-laptop");
  }

  @Test
  void aClauseAtANounActsForIt() {
    says(
        Sentences.of(
            "horse/horse/NN pulling/pull/VBG cart/cart/NN",
            "root(0, 1)",
            "acl(1, 2)",
            "dobj(2, 3)"),
        "horse",
        "cart",
        "horse-pull-cart");
    says(
        Sentences.of(
            "plow/plow/NN pulled/pull/VBN by/by/IN horses/horse/NNS",
            "root(0, 1)",
            "acl(1, 2)",
            "case(4, 3)",
            "nmod:agent(2, 4)"),
        "plow",
        "horse",
        "plow-pull-horse");
  }

  @Test
  void inThePassiveTheAgentActs() {
    says(
        Sentences.of(
            "ducks/duck/NNS fed/feed/VBN by/by/IN woman/woman/NN",
            "root(0, 2)",
            "nsubjpass(2, 1)",
            "case(4, 3)",
            "nmod:agent(2, 4)"),
        "duck",
        "woman",
        "woman-feed-duck");
  }

  @Test
  void aThingIsSomethingOrSomewhere() {
    says(
        Sentences.of(
            "tractor/tractor/NN is/be/VBZ old/old/JJ and/and/CC red/red/JJ",
            "root(0, 3)",
            "nsubj(3, 1)",
            "cop(3, 2)",
            "conj:and(3, 5)",
            "nsubj(5, 1)"),
        "tractor",
        "tractor-old",
        "tractor-red");
    says(
        Sentences.of(
            "breakfast/breakfast/NN is/be/VBZ on/on/IN table/table/NN",
            "root(0, 4)",
            "nsubj(4, 1)",
            "cop(4, 2)",
            "case(4, 3)"),
        "breakfast",
        "table",
        "breakfast-on-table");
    says(
        Sentences.of(
            "that/that/WDT is/be/VBZ gray/gray/JJ", "root(0, 3)", "nsubj(3, 1)", "cop(3, 2)"),
        "that-gray");
  }

  @Test
  void beingThereSaysNothing() {
    says(
        Sentences.of(
            "there/there/EX is/be/VBZ bowl/bowl/NN", "root(0, 2)", "expl(2, 1)", "nsubj(2, 3)"),
        "bowl");
  }

  @Test
  void modifiersAreAttributesAndCompoundsNoObjects() {
    says(
        Sentences.of(
            "wooden/wooden/JJ school/school/NN bus/bus/NN with/with/IN door/door/NN",
            "root(0, 3)",
            "amod(3, 1)",
            "compound(3, 2)",
            "case(5, 4)",
            "nmod:with(3, 5)"),
        "bus",
        "door",
        "bus-wooden",
        "bus-school",
        "bus-with-door");
  }

  @Test
  void numbersCountOnlyBeforePlurals() {
    says(Sentences.of("two/two/CD dogs/dog/NNS", "root(0, 2)", "nummod(2, 1)"), "dog", "dog-two");
    says(Sentences.of("four/four/CD sheep/sheep/NN", "root(0, 2)", "nummod(2, 1)"), "sheep");
    says(Sentences.of("dogs/dog/NNS 5/5/CD", "root(0, 1)", "nummod(1, 2)"), "dog");
  }

  @Test
  void ownersHaveThings() {
    says(
        Sentences.of(
            "girl/girl/NN 's/'s/POS hat/hat/NN", "root(0, 3)", "nmod:poss(3, 1)", "case(1, 2)"),
        "girl",
        "hat",
        "girl-have-hat");
  }

  @Test
  void quantifiersAreAttributesOfWhatThereIs() {
    says(
        Sentences.of(
            "a/a/DT pair/pair/NN of/of/IN ducks/duck/NNS swims/swim/VBZ",
            "root(0, 5)",
            "nsubj(5, 2)",
            "det(2, 1)",
            "case(4, 3)",
            "nmod:of(2, 4)"),
        "pair",
        "duck",
        "duck-a",
        "duck-swim");
    says(
        Sentences.of(
            "lots/lot/NNS of/of/IN books/book/NNS", "root(0, 1)", "case(3, 2)", "nmod:of(1, 3)"),
        "lot",
        "book",
        "book-lot");
    says(
        Sentences.of(
            "a/a/DT group/group/NN of/of/IN dogs/dog/NNS",
            "root(0, 2)",
            "det(2, 1)",
            "case(4, 3)",
            "nmod:of(2, 4)"),
        "group",
        "dog",
        "group-of-dog");
  }

  @Test
  void oneOfNeedsAnArticle() {
    says(
        Sentences.of(
            "one/one/CD of/of/IN the/the/DT players/player/NNS lies/lie/VBZ",
            "root(0, 5)",
            "nsubj(5, 1)",
            "case(4, 2)",
            "det(4, 3)",
            "nmod:of(1, 4)"),
        "player",
        "player-one",
        "player-lie");
    says(
        Sentences.of(
            "one/one/CD of/of/IN players/player/NNS lies/lie/VBZ",
            "root(0, 4)",
            "nsubj(4, 1)",
            "case(3, 2)",
            "nmod:of(1, 3)"),
        "player");
  }

  @Test
  void aPronounStandsForTheNounNearestToTheRoot() {
    says(
        Sentences.of(
            "man/man/NN lies/lie/VBZ on/on/IN grass/grass/NN holding/hold/VBG his/he/PRP$"
                + " knee/knee/NN",
            "root(0, 2)",
            "nsubj(2, 1)",
            "case(4, 3)",
            "nmod:on(2, 4)",
            "acl(4, 5)",
            "nmod:poss(7, 6)",
            "dobj(5, 7)"),
        "man",
        "grass",
        "knee",
        "man-lie on-grass",
        "grass-hold-knee",
        "man-have-knee");
  }

  @Test
  void aSingularPronounStandsForNoPlural() {
    Sentence theirs =
        Sentences.of(
            "dogs/dog/NNS with/with/IN their/they/PRP$ ball/ball/NN",
            "root(0, 1)",
            "case(4, 2)",
            "nmod:poss(4, 3)",
            "nmod:with(1, 4)");
    says(theirs, "dog", "ball", "dog-with-ball", "dog-have-ball");
    Sentence its =
        Sentences.of(
            "dogs/dog/NNS with/with/IN its/its/PRP$ ball/ball/NN",
            "root(0, 1)",
            "case(4, 2)",
            "nmod:poss(4, 3)",
            "nmod:with(1, 4)");
    says(its, "dog", "ball", "dog-with-ball");
  }

  @Test
  void aPronounBeforeTheNounNearestToTheRootStandsForNothing() {
    says(
        Sentences.of(
            "surfer/surfer/NN is/be/VBZ on/on/IN his/he/PRP$ board/board/NN",
            "root(0, 5)",
            "nsubj(5, 1)",
            "cop(5, 2)",
            "case(5, 3)",
            "nmod:poss(5, 4)"),
        "surfer",
        "board",
        "surfer-on-board");
  }

  @Test
  void wordsAreInLowerCaseInEveryLocale() {
    assertThat(
            SceneRules.propositions(
                Sentences.of("BIG/BIG/JJ ISLE/ISLE/NN", "root(0, 2)", "amod(2, 1)")))
        .isEqualTo(Arrays.asList(Proposition.of("isle", "big"), Proposition.of("isle")));
  }
}
