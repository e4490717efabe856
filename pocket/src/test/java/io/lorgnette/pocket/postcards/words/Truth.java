package io.lorgnette.pocket.postcards.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.pocket.postcards.scene.Country;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Sky;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a caption without knowing how it was made and looks up each claim in the scene. */
final class Truth {

  private static final String COLOUR =
      "((?:black|red|blue) and white|golden|"
          + Arrays.stream(Hue.values()).map(Hue::word).collect(Collectors.joining("|"))
          + ")";

  private static final String NOUN =
      Arrays.stream(Kind.values())
          .flatMap(kind -> Noun.of(kind).stream())
          .flatMap(noun -> Stream.of(noun.singular(), noun.plural()))
          .distinct()
          .sorted(Comparator.comparing(String::length).reversed())
          .collect(Collectors.joining("|", "(", ")"));

  private static final Pattern THING =
      Pattern.compile(
          "\\b(an?|two|three|four|five|several|couple of|pair of|herd of|flock of|group of) (?:"
              + COLOUR
              + " )?"
              + NOUN
              + "\\b");

  private static final Pattern CLOTHES =
      Pattern.compile(
          NOUN
              + " (?:dressed in|wearing|in) (?:an? )?"
              + COLOUR
              + "(?: (shirt|dress)(?:e?s)?)?\\b");

  private static final Map<String, Sky> WEATHER =
      Map.ofEntries(
          Map.entry("rain", Sky.RAIN),
          Map.entry("rainy", Sky.RAIN),
          Map.entry("snowing", Sky.SNOWFALL),
          Map.entry("snowy day", Sky.SNOWFALL),
          Map.entry("snow falls", Sky.SNOWFALL),
          Map.entry("sunset", Sky.SUNSET),
          Map.entry("evening", Sky.SUNSET),
          Map.entry("sun sets", Sky.SUNSET),
          Map.entry("night", Sky.NIGHT),
          Map.entry("stars", Sky.NIGHT),
          Map.entry("moonlight", Sky.NIGHT),
          Map.entry("full moon", Sky.NIGHT),
          Map.entry("sunny", Sky.SUNNY),
          Map.entry("clear day", Sky.SUNNY),
          Map.entry("blue sky", Sky.SUNNY),
          Map.entry("bright sun", Sky.SUNNY),
          Map.entry("cloudy", Sky.CLOUDY),
          Map.entry("grey sky", Sky.CLOUDY));

  private final Scene scene;

  Truth(Scene scene) {
    this.scene = scene;
  }

  /** Fails on the first false claim; returns how many there were. */
  int check(String caption) {
    String text = caption.toLowerCase(Locale.ROOT);
    String where = caption + " of " + scene;
    int claims = 0;
    Matcher thing = THING.matcher(text);
    while (thing.find()) {
      assertThat(scene.cast())
          .as("%s in: %s", thing.group(), where)
          .anyMatch(group -> fits(group, thing.group(1), thing.group(2), thing.group(3)));
      claims++;
    }
    Matcher clothes = CLOTHES.matcher(text);
    while (clothes.find()) {
      assertThat(scene.cast())
          .as("%s in: %s", clothes.group(), where)
          .anyMatch(
              group ->
                  named(group, clothes.group(1))
                      && group.hue().word().equals(clothes.group(2))
                      && (clothes.group(3) == null
                          || Colours.garment(group).equals(clothes.group(3))));
      claims++;
    }
    return claims + weather(text, where) + flag(text, where) + props(text, where);
  }

  private static boolean named(Group group, String noun) {
    return Noun.of(group.kind()).stream().anyMatch(n -> n.in(group.count()).equals(noun));
  }

  private static boolean fits(Group group, String number, String colour, String noun) {
    boolean counted =
        switch (number) {
          case "a", "an" -> group.count() == 1;
          case "two", "couple of", "pair of" -> group.count() == 2;
          case "three" -> group.count() == 3;
          case "four" -> group.count() == 4;
          case "five" -> group.count() == 5;
          default -> group.count() >= 3;
        };
    boolean coloured = colour == null || Colours.word(group.kind(), group.hue()).equals(colour);
    return counted && coloured && named(group, noun);
  }

  private int weather(String text, String where) {
    int claims = 0;
    for (Map.Entry<String, Sky> entry : WEATHER.entrySet()) {
      if (Pattern.compile("\\b" + entry.getKey() + "\\b").matcher(text).find()) {
        assertThat(scene.sky()).as(where).isEqualTo(entry.getValue());
        claims++;
      }
    }
    if (text.matches(".*\\b(moonlight|full moon|sun|sunshine)\\b.*")) {
      assertThat(scene.disc()).as(where).isPresent();
    }
    return claims;
  }

  private int flag(String text, String where) {
    if (!text.contains("flag")) {
      return 0;
    }
    Country country = scene.flag().orElseThrow().country();
    String adjective = country.adjective().toLowerCase(Locale.ROOT) + " flag";
    String of = "flag of " + country.place().toLowerCase(Locale.ROOT);
    assertThat(text).as(where).containsPattern(Pattern.quote(adjective) + "|" + Pattern.quote(of));
    return 1;
  }

  private int props(String text, String where) {
    int claims = 0;
    for (String prop : List.of("umbrella", "balloon")) {
      Matcher held = Pattern.compile(COLOUR + " " + prop + "\\b").matcher(text);
      while (held.find()) {
        assertThat(scene.cast())
            .as(where)
            .anyMatch(
                group -> group.prop().map(Hue::word).filter(held.group(1)::equals).isPresent());
        claims++;
      }
    }
    return claims;
  }
}
