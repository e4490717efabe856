package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Family;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Place;
import io.lorgnette.pocket.postcards.scene.Pose;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Questions about the things in a scene: which, where, what colour, how many, doing what. */
final class ThingQuestions {

  private final Scene scene;
  private final Dice dice;
  private final Poll poll;

  ThingQuestions(Scene scene, Dice dice) {
    this.scene = scene;
    this.dice = dice;
    this.poll = new Poll(dice);
  }

  /** "What colour is the car?" */
  List<Question> colours() {
    List<Question> questions = new ArrayList<>();
    String colour = dice.pick("colour", "color");
    for (Group group : scene.cast()) {
      Noun noun = Noun.of(group.kind()).get(0);
      if (group.kind().isPerson()) {
        String whose = group.count() == 1 ? noun.singular() + "'s " + Colours.garment(group) : null;
        if (whose != null) {
          questions.add(
              poll.other(
                  "What " + colour + " is the " + whose + "?",
                  "what color is the",
                  shades(group.hue().word())));
        }
      } else if (Colours.adjective(group).isPresent()) {
        boolean one = group.count() == 1 && group.kind() != Kind.FLOWERS;
        String is = one ? " is the " : " are the ";
        questions.add(
            poll.other(
                "What " + colour + is + noun.in(group.count()) + "?",
                one ? "what color is the" : "what color are the",
                shades(Colours.word(group.kind(), group.hue()))));
      }
      boolean only = only(other -> other.pose() == group.pose()).contains(group);
      if (only && group.prop().isPresent()) {
        questions.add(
            poll.other(
                "What " + colour + " is the " + held(group) + "?",
                "what color is the",
                shades(group.prop().get().word())));
      }
    }
    return questions;
  }

  private static List<String> shades(String colour) {
    return switch (colour) {
      case "grey" -> List.of("grey", "gray");
      case "golden" -> List.of("golden", "yellow", "tan");
      case "black and white" -> List.of("black and white", "white and black");
      case "red and white" -> List.of("red and white", "white and red", "red");
      case "blue and white" -> List.of("blue and white", "white and blue", "blue");
      default -> List.of(colour);
    };
  }

  private static String held(Group group) {
    return group.pose() == Pose.UMBRELLA ? "umbrella" : "balloon";
  }

  /** "How many cows are there?" */
  List<Question> counts() {
    List<Question> questions = new ArrayList<>();
    for (Group group : scene.cast()) {
      boolean vague =
          group.kind() == Kind.FLOWERS
              || (group.kind() == Kind.HOUSE && scene.place() == Place.TOWN);
      if (!vague) {
        questions.add(count(name(group), total(other -> other.kind() == group.kind())));
      }
    }
    int people = total(group -> group.kind().isPerson());
    int animals = total(group -> group.kind().isAnimal());
    if (people > 0) {
      questions.add(count("people", people));
    }
    if (animals > 0) {
      questions.add(count("animals", animals));
    }
    return questions;
  }

  private Question count(String plural, int total) {
    String tail = dice.pick(" are there?", " are in the picture?", " can you see?", " are there?");
    return poll.number("How many " + plural + tail, total);
  }

  private int total(Predicate<Group> wanted) {
    return scene.cast().stream().filter(wanted).mapToInt(Group::count).sum();
  }

  private static String name(Group group) {
    return group.family() == Family.BOAT ? "boats" : Noun.of(group.kind()).get(0).plural();
  }

  /** "Where is the dog?" */
  List<Question> places() {
    List<Question> questions = new ArrayList<>();
    for (Group group : scene.cast()) {
      boolean one = group.count() == 1 && group.kind() != Kind.FLOWERS;
      questions.add(
          poll.other(
              "Where " + (one ? "is " : "are ") + NounPhrase.definite(group) + "?",
              one ? "where is the" : "where are the",
              Whereabouts.answers(group, scene.place())));
    }
    return questions;
  }

  /** "What is the man riding?", "What is the cow doing?" */
  List<Question> deeds() {
    List<Question> questions = new ArrayList<>();
    for (Group group : scene.cast()) {
      String is = group.count() == 1 ? "What is " : "What are ";
      String who = is + NounPhrase.definite(group);
      String type = group.count() == 1 ? "what is the" : "what are the";
      Pose pose = group.pose();
      if (group.partner() >= 0) {
        Group partner = scene.cast().get(group.partner());
        String verb =
            pose == Pose.FLYING_KITE ? "flying" : pose == Pose.WALKING_DOG ? "walking" : "riding";
        questions.add(poll.other(who + " " + verb + "?", type, names(partner)));
      } else if (group.prop().isPresent()) {
        questions.add(poll.other(who + " holding?", type, List.of(held(group))));
      } else if (Verb.isTelling(pose) && (group.kind().isAnimal() || group.kind().isPerson())) {
        questions.add(poll.other(who + " doing?", type, doing(group)));
      }
    }
    return questions;
  }

  private static List<String> doing(Group group) {
    return switch (group.pose()) {
      case SLEEPING -> List.of("sleeping", "lying down", "resting");
      case GRAZING -> List.of("grazing", "eating", "eating grass");
      case FLOATING -> List.of("swimming", "floating");
      case SITTING -> List.of("sitting");
      case RUNNING -> List.of("running");
      case FLYING -> List.of("flying");
      case WAVING -> List.of("waving");
      default -> List.of("walking");
    };
  }

  /** "What animal is in the picture?", where only one answer can be meant. */
  List<Question> kinds() {
    List<Question> questions = new ArrayList<>();
    only(group -> group.kind().isAnimal())
        .forEach(g -> questions.add(what("What animal is in the picture?", "what animal is", g)));
    only(group -> isVehicle(group.kind()))
        .forEach(g -> questions.add(what("What kind of vehicle is this?", "what kind of", g)));
    only(group -> isBuilding(group.kind()) && scene.place() != Place.TOWN).stream()
        .filter(group -> group.count() == 1)
        .forEach(g -> questions.add(what("What building is this?", "what", g)));
    only(group -> group.kind().zone() == Zone.WATER)
        .forEach(g -> questions.add(what("What is on the water?", "what is on the", g)));
    if (scene.disc().isEmpty()) {
      only(group -> group.kind().zone() == Zone.SKY)
          .forEach(g -> questions.add(what("What is in the sky?", "what is in the", g)));
    }
    return questions;
  }

  private List<Group> only(Predicate<Group> wanted) {
    List<Group> found = scene.cast().stream().filter(wanted).toList();
    return found.size() == 1 ? found : List.of();
  }

  private Question what(String text, String type, Group group) {
    return poll.other(text, type, names(group));
  }

  private static List<String> names(Group group) {
    List<String> names = new ArrayList<>();
    Noun.of(group.kind()).forEach(noun -> names.add(noun.in(group.count())));
    if (group.count() > 1) {
      names.add(Noun.of(group.kind()).get(0).singular());
    }
    return names;
  }

  static boolean isVehicle(Kind kind) {
    return switch (kind) {
      case CAR, BUS, TRUCK, TRACTOR, TRAIN, BICYCLE, PLANE -> true;
      default -> false;
    };
  }

  private static boolean isBuilding(Kind kind) {
    return switch (kind) {
      case HOUSE, CHURCH, BARN, CASTLE, LIGHTHOUSE, WINDMILL -> true;
      default -> false;
    };
  }

  /** Questions to be answered with yes, or with no. */
  List<Question> yesNo(boolean yes) {
    List<Question> questions = new ArrayList<>();
    if (yes) {
      scene.cast().forEach(group -> questions.add(isThere(group.kind(), true)));
    } else {
      List<Kind> absent = List.of(Kind.values()).stream().filter(this::isSurelyAbsent).toList();
      List<Kind> likely =
          absent.stream().filter(k -> k.family().places().contains(scene.place())).toList();
      questions.add(isThere(dice.pick(absent), false));
      questions.add(isThere(dice.pick(likely.isEmpty() ? absent : likely), false));
    }
    for (Group group : scene.cast()) {
      if (group.count() == 1 && group.family().isColoured() && isPlain(group)) {
        questions.add(isIt(group, yes));
      }
    }
    return questions;
  }

  private Question isThere(Kind kind, boolean yes) {
    Noun noun = Noun.of(kind).get(0);
    String tail = dice.pick(" in the picture?", " in this picture?", "?");
    if (kind == Kind.FLOWERS || dice.chance(0.2)) {
      return poll.yesNo("Are there any " + noun.plural() + tail, "are there any", yes);
    }
    return poll.yesNo("Is there " + NounPhrase.article(noun.singular()) + tail, "is there a", yes);
  }

  private static boolean isPlain(Group group) {
    String hue = group.hue().word();
    return group.kind().isPerson() || Colours.word(group.kind(), group.hue()).equals(hue);
  }

  private Question isIt(Group group, boolean yes) {
    List<Hue> hues = new ArrayList<>(group.family().hues());
    hues.remove(group.hue());
    Hue hue = yes ? group.hue() : dice.pick(hues);
    String noun = NounPhrase.definite(group);
    return group.kind().isPerson()
        ? poll.yesNo(
            "Is " + noun + "'s " + Colours.garment(group) + " " + hue.word() + "?", "is the", yes)
        : poll.yesNo("Is " + noun + " " + Colours.word(group.kind(), hue) + "?", "is the", yes);
  }

  /** True when nobody could see one: neither one like it nor something in the backdrop. */
  private boolean isSurelyAbsent(Kind kind) {
    for (Group group : scene.cast()) {
      boolean tree = isTree(kind) && isTree(group.kind());
      boolean afloat = isBoat(kind) && isBoat(group.kind());
      boolean shade = kind == Kind.PARASOL && group.pose() == Pose.UMBRELLA;
      if (group.kind() == kind || tree || afloat || shade) {
        return false;
      }
    }
    return switch (kind) {
      case FLOWERS -> false; // small ones grow in the grass
      case HOUSE -> scene.place() != Place.TOWN;
      case TREE, PINE -> scene.place() == Place.BEACH || scene.place() == Place.DESERT;
      default -> true;
    };
  }

  private static boolean isTree(Kind kind) {
    return kind == Kind.TREE || kind == Kind.PINE || kind == Kind.PALM || kind == Kind.CACTUS;
  }

  private static boolean isBoat(Kind kind) {
    return kind.family() == Family.BOAT || kind == Kind.SHIP;
  }
}
