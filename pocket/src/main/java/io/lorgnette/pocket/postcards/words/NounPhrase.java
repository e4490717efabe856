package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Kind;
import java.util.List;
import java.util.Optional;

/**
 * Words for a group, such as "two brown cows", and whether they take a plural verb.
 *
 * @param text the words
 * @param plural true for "are", false for "is"
 */
record NounPhrase(String text, boolean plural) {

  private static final List<String> NUMBERS =
      List.of(
          "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve");

  /** A new mention: "a red car", "three sheep", "a woman in a blue dress". */
  static NounPhrase of(Group group, Dice dice, double detail) {
    Noun noun = Noun.of(group.kind()).get(0);
    if (dice.chance(0.35)) {
      noun = dice.pick(Noun.of(group.kind()));
    }
    Optional<String> colour =
        dice.chance(detail) ? Colours.adjective(group) : Optional.<String>empty();
    String named = colour.map(word -> word + " ").orElse("") + noun.in(group.count());
    String clothes = dice.chance(detail) ? clothes(group, dice) : "";
    if (group.kind() == Kind.FLOWERS) {
      return flowers(named, dice);
    }
    if (group.count() == 1) {
      return new NounPhrase(article(named) + clothes, false);
    }
    return many(group, named, dice, clothes);
  }

  private static NounPhrase many(Group group, String named, Dice dice, String clothes) {
    int count = group.count();
    if (dice.chance(0.75)) {
      return new NounPhrase(number(count) + " " + named + clothes, true);
    }
    if (count == 2) {
      String pair = dice.chance(0.6) ? "a couple of " : "a pair of ";
      return new NounPhrase(pair + named + clothes, true);
    }
    if (dice.chance(0.5)) {
      return new NounPhrase("several " + named + clothes, true);
    }
    String crowd =
        switch (group.kind()) {
          case COW, HORSE, CAMEL -> "a herd of ";
          case SHEEP, BIRD -> "a flock of ";
          default -> "a group of ";
        };
    return new NounPhrase(crowd + named + clothes, false);
  }

  private static NounPhrase flowers(String named, Dice dice) {
    return dice.pick(
        new NounPhrase("some " + named, true),
        new NounPhrase(article("bed of " + named), false),
        new NounPhrase(article("patch of " + named), false));
  }

  private static String clothes(Group group, Dice dice) {
    if (!group.kind().isPerson()) {
      return "";
    }
    String hue = group.hue().word();
    String garment = Colours.garment(group);
    String worn = group.count() == 1 ? article(hue + " " + garment) : hue + " " + plural(garment);
    String whole = garment.equals("dress") ? " dressed in " + hue : " in " + worn;
    return dice.pick(" in " + worn, " wearing " + worn, " in " + hue, whole);
  }

  private static String plural(String garment) {
    return garment.endsWith("s") ? garment + "es" : garment + "s";
  }

  /** A second mention in a question: "the red car", "the sheep". */
  static String definite(Group group) {
    return "the " + Noun.of(group.kind()).get(0).in(group.count());
  }

  /** "a" or "an" before {@code words}; the only words in "u" here sound like "you". */
  static String article(String words) {
    return ("aeioAEIO".indexOf(words.charAt(0)) >= 0 ? "an " : "a ") + words;
  }

  static String number(int count) {
    return NUMBERS.get(count);
  }
}
