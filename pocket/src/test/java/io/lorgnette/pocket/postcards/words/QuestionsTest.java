package io.lorgnette.pocket.postcards.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Split;
import io.lorgnette.pocket.postcards.scene.Country;
import io.lorgnette.pocket.postcards.scene.Director;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Pose;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QuestionsTest {

  private static final int SCENES = 600;
  private static final Pattern HOW_MANY =
      Pattern.compile("How many ([a-z ]+?)(?: are there| are in the picture| can you see)\\?");
  private static final Pattern IS_THERE =
      Pattern.compile("(?:Is there an?|Are there any) ([a-z ]+?)(?: in (?:the|this) picture)?\\?");
  private static final Pattern COLOUR =
      Pattern.compile("What colou?r (?:is|are) the ([a-z ]+?)(?:'s (shirt|dress))?\\?");

  private static List<Scene> scenes() {
    List<Scene> scenes = new ArrayList<>();
    for (int i = 0; i < SCENES; i++) {
      scenes.add(Director.scene(6, List.of(Split.values()).get(i % 3), i));
    }
    return scenes;
  }

  @Test
  void haveTenAnswersOfWhichOneLeads() {
    Set<String> types = new HashSet<>();
    Map<String, Integer> answerTypes = new TreeMap<>();
    int mixed = 0;
    int yes = 0;
    for (Scene scene : scenes()) {
      List<Question> questions = Questions.of(scene);
      assertThat(questions).isEqualTo(Questions.of(scene)).hasSizeBetween(4, 9);
      assertThat(questions.stream().map(Question::text)).doesNotHaveDuplicates();
      for (Question question : questions) {
        assertThat(question.text()).matches("[A-Z][a-zA-Z' ?]*\\?");
        assertThat(question.answers()).hasSize(10).doesNotContain("");
        int best = Collections.frequency(question.answers(), question.best());
        assertThat(best).as(question.toString()).isGreaterThanOrEqualTo(6);
        mixed += best < 10 ? 1 : 0;
        yes += question.best().equals("yes") ? 1 : 0;
        types.add(question.type());
        answerTypes.merge(question.answerType(), 1, Integer::sum);
      }
    }
    assertThat(types).hasSizeGreaterThan(15);
    assertThat(answerTypes).containsOnlyKeys("yes/no", "number", "other");
    assertThat(yes).isEqualTo(answerTypes.get("yes/no") / 2);
    assertThat(mixed).isGreaterThan(SCENES);
  }

  @Test
  void countsColoursAndPresenceAreTrue() {
    Map<String, Integer> checked = new TreeMap<>();
    for (Scene scene : scenes()) {
      for (Question question : Questions.of(scene)) {
        Matcher many = HOW_MANY.matcher(question.text());
        Matcher there = IS_THERE.matcher(question.text());
        Matcher colour = COLOUR.matcher(question.text());
        String what = question + " of " + scene;
        if (many.matches()) {
          assertThat(question.best())
              .as(what)
              .isEqualTo(Integer.toString(count(scene, many.group(1))));
          checked.merge("count", 1, Integer::sum);
        } else if (there.matches() && kind(there.group(1)).isPresent()) {
          boolean present =
              scene.cast().stream().anyMatch(g -> g.kind() == kind(there.group(1)).get());
          assertThat(question.best()).as(what).isEqualTo(present ? "yes" : "no");
          checked.merge("presence", 1, Integer::sum);
        } else if (colour.matches() && !colour.group(1).equals("sky")) {
          assertThat(question.best()).as(what).isEqualTo(colour(scene, colour.group(1)));
          checked.merge("colour", 1, Integer::sum);
        }
      }
    }
    assertThat(checked).hasSize(3).allSatisfy((k, n) -> assertThat(n).isGreaterThan(SCENES / 2));
  }

  private static int count(Scene scene, String noun) {
    return scene.cast().stream()
        .filter(
            group ->
                switch (noun) {
                  case "people" -> group.kind().isPerson();
                  case "animals" -> group.kind().isAnimal();
                  default -> Noun.of(group.kind()).stream().anyMatch(n -> n.plural().equals(noun));
                })
        .mapToInt(Group::count)
        .sum();
  }

  private static Optional<Kind> kind(String noun) {
    return List.of(Kind.values()).stream()
        .filter(
            kind ->
                Noun.of(kind).get(0).singular().equals(noun)
                    || Noun.of(kind).get(0).plural().equals(noun))
        .findFirst();
  }

  private static String colour(Scene scene, String noun) {
    List<String> colours = new ArrayList<>();
    for (Group group : scene.cast()) {
      if (Noun.of(group.kind()).get(0).in(group.count()).equals(noun)) {
        colours.add(Colours.word(group.kind(), group.hue()));
      }
      String held = group.pose() == Pose.UMBRELLA ? "umbrella" : "balloon";
      if (held.equals(noun)) {
        group.prop().ifPresent(hue -> colours.add(hue.word()));
      }
    }
    assertThat(colours).as(noun).hasSize(1);
    return colours.get(0);
  }

  @Test
  void theCountryIsAskedWhereAFlagFlies() {
    int asked = 0;
    for (Scene scene : scenes()) {
      List<Question> country =
          Questions.of(scene).stream().filter(q -> q.text().equals(Questions.COUNTRY)).toList();
      assertThat(country).hasSize(scene.flag().isPresent() ? 1 : 0);
      for (Question question : country) {
        Country of = scene.flag().orElseThrow().country();
        assertThat(question.best())
            .isEqualTo(
                "It is %s. I think so because the flag is the %s flag.",
                of.place(), of.adjective());
        asked++;
      }
    }
    assertThat(asked).isGreaterThan(SCENES / 6);
    assertThat(Country.FRANCE.adjective()).isEqualTo("French");
  }
}
