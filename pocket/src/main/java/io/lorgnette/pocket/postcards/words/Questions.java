package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Country;
import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Place;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Sky;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Questions about a scene with ten true answers each: at most one of every sort, as many to be
 * answered with yes as with no.
 */
public final class Questions {

  /** The question of the lecture, asked wherever a flag flies. */
  public static final String COUNTRY = "What country is this? Why do you think so?";

  private final Scene scene;
  private final Dice dice;
  private final Poll poll;

  private Questions(Scene scene) {
    this.scene = scene;
    this.dice = new Dice(Dice.seed(scene.seed(), "questions", 0));
    this.poll = new Poll(dice);
  }

  /** The questions of {@code scene}; the same for equal scenes. */
  public static List<Question> of(Scene scene) {
    return new Questions(scene).draw();
  }

  private List<Question> draw() {
    ThingQuestions things = new ThingQuestions(scene, dice);
    List<Question> chosen = new ArrayList<>();
    Set<String> asked = new HashSet<>();
    scene.flag().ifPresent(flag -> country(flag.country()).forEach(q -> add(chosen, asked, q)));
    pick(chosen, asked, things.colours());
    pick(chosen, asked, counts(things));
    pick(chosen, asked, yesNo(things, true));
    pick(chosen, asked, yesNo(things, false));
    pick(chosen, asked, merged(things.places(), things.deeds()));
    pick(chosen, asked, merged(things.kinds(), surroundings()));
    return chosen;
  }

  /** Prefers what there is more than one of, so that "1" is not nearly always right. */
  private List<Question> counts(ThingQuestions things) {
    List<Question> all = things.counts();
    List<Question> several = all.stream().filter(q -> !q.best().equals("1")).toList();
    return several.isEmpty() || dice.chance(0.2) ? all : several;
  }

  private List<Question> yesNo(ThingQuestions things, boolean yes) {
    List<Question> general = general(yes);
    return general.isEmpty() || dice.chance(0.65) ? things.yesNo(yes) : general;
  }

  private static List<Question> merged(List<Question> some, List<Question> more) {
    List<Question> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private void pick(List<Question> chosen, Set<String> asked, List<Question> choices) {
    if (!choices.isEmpty()) {
      add(chosen, asked, dice.pick(choices));
    }
  }

  private static void add(List<Question> chosen, Set<String> asked, Question question) {
    if (asked.add(question.text())) {
      chosen.add(question);
    }
  }

  /** The lecture's answer; three of ten leave out the reason. */
  private List<Question> country(Country country) {
    String name = "It is " + country.place() + ".";
    String why = " I think so because the flag is the " + country.adjective() + " flag.";
    Question lecture = poll.other(COUNTRY, "what country", List.of(name + why, name), 7);
    String bare = country.place().replaceFirst("^the ", "");
    Question brief =
        dice.chance(0.5)
            ? poll.other("What country is this?", "what country", List.of(bare))
            : poll.other(
                "Which country's flag is this?", "which", List.of(bare, country.adjective()));
    return List.of(lecture, brief);
  }

  private List<Question> surroundings() {
    List<Question> questions = new ArrayList<>();
    questions.add(poll.other("What time of day is it?", "what time", Weather.times(scene.sky())));
    if (scene.sky().isDay()) {
      String text = dice.pick("What is the weather like?", "How is the weather?");
      String type = text.startsWith("How") ? "how" : "what is the";
      questions.add(poll.other(text, type, Weather.answers(scene.sky())));
      String colour = dice.pick("What colour is the sky?", "What color is the sky?");
      if (scene.sky() != Sky.SNOWFALL) {
        List<String> sky = scene.sky() == Sky.SUNNY ? List.of("blue") : List.of("grey", "gray");
        questions.add(poll.other(colour, "what color is the", sky));
      }
    }
    boolean where = dice.chance(0.5);
    questions.add(
        poll.other(
            where ? "Where was this picture taken?" : "What kind of place is this?",
            where ? "where was" : "what kind of",
            setting()));
    return questions;
  }

  private List<String> setting() {
    return switch (scene.place()) {
      case BEACH -> List.of("beach", "at the beach");
      case SEA -> List.of("sea", "ocean", "at sea");
      case LAKE -> List.of("lake", "by a lake");
      case MEADOW -> List.of("meadow", "field");
      case TOWN -> List.of("city", "town", "street");
      case ROAD -> List.of("road", "country road", "countryside");
      case MOUNTAINS -> List.of("mountains", "in the mountains");
      case SNOW -> List.of("snow", "snowy field");
      case DESERT -> List.of("desert", "in the desert");
      case PARK -> List.of("park", "in a park");
    };
  }

  private List<Question> general(boolean yes) {
    List<Question> questions = new ArrayList<>();
    ask(questions, yes, scene.sky() == Sky.RAIN, "Is it raining?", "is it");
    ask(questions, yes, scene.sky() == Sky.NIGHT, "Is it night?", "is it");
    ask(questions, yes, scene.sky() == Sky.SNOWFALL, "Is it snowing?", "is it");
    if (scene.place() != Place.MOUNTAINS && scene.place() != Place.LAKE) { // white peaks
      boolean snow = scene.place() == Place.SNOW;
      ask(questions, yes, snow, "Is there snow on the ground?", "is there");
    }
    ask(questions, yes, scene.flag().isPresent(), "Is there a flag?", "is there a");
    if (scene.sky() != Sky.SUNSET) {
      ask(questions, yes, scene.sky() == Sky.SUNNY, "Is it sunny?", "is it");
    }
    if (scene.place() != Place.LAKE) {
      ask(questions, yes, scene.place() == Place.BEACH, "Is this a beach?", "is this a");
    }
    boolean people = scene.cast().stream().anyMatch(group -> group.kind().isPerson());
    ask(questions, yes, people, "Are there any people?", "are there any");
    return questions;
  }

  /** Adds the question if its true answer is the wanted one. */
  private void ask(
      List<Question> questions, boolean wanted, boolean answer, String text, String type) {
    if (wanted == answer) {
      questions.add(poll.yesNo(text, type, answer));
    }
  }
}
