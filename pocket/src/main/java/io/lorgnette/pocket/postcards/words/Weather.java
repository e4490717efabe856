package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Sky;
import java.util.ArrayList;
import java.util.List;

/** Phrases for time of day and weather. */
final class Weather {

  private Weather() {}

  /** A closing phrase: "at sunset", "on a rainy day". */
  static String tail(Scene scene, Dice dice) {
    List<String> tails = new ArrayList<>();
    switch (scene.sky()) {
      case SUNNY -> {
        tails.addAll(List.of("on a sunny day", "on a clear day", "under a blue sky"));
        if (scene.disc().isPresent()) {
          tails.addAll(List.of("under a bright sun", "in the sunshine"));
        }
      }
      case CLOUDY ->
          tails.addAll(List.of("on a cloudy day", "under a cloudy sky", "under a grey sky"));
      case RAIN -> tails.addAll(List.of("in the rain", "on a rainy day", "while it is raining"));
      case SNOWFALL ->
          tails.addAll(List.of("while it is snowing", "on a snowy day", "as snow falls"));
      case SUNSET -> {
        tails.addAll(List.of("at sunset", "in the evening", "at sunset"));
        if (scene.disc().isPresent()) {
          tails.add("as the sun sets");
        }
      }
      case NIGHT -> {
        tails.addAll(List.of("at night", "under the stars", "at night"));
        if (scene.disc().isPresent()) {
          tails.addAll(List.of("under a full moon", "in the moonlight"));
        }
      }
    }
    return dice.pick(tails);
  }

  /** An opening phrase with its comma: "On a rainy day,". */
  static String opening(Scene scene) {
    return switch (scene.sky()) {
      case SUNNY -> "On a sunny day,";
      case CLOUDY -> "On a cloudy day,";
      case RAIN -> "On a rainy day,";
      case SNOWFALL -> "On a snowy day,";
      case SUNSET -> "At sunset,";
      case NIGHT -> "At night,";
    };
  }

  /** Ten people's words for the weather, the most usual first. */
  static List<String> answers(Sky sky) {
    return switch (sky) {
      case SUNNY -> List.of("sunny", "clear", "fair");
      case CLOUDY -> List.of("cloudy", "overcast");
      case RAIN -> List.of("rainy", "raining", "rain");
      case SNOWFALL -> List.of("snowy", "snowing", "snow");
      case SUNSET, NIGHT -> List.of("clear");
    };
  }

  /** Ten people's words for the time of day, the most usual first. */
  static List<String> times(Sky sky) {
    return switch (sky) {
      case SUNSET -> List.of("sunset", "evening", "dusk");
      case NIGHT -> List.of("night", "nighttime");
      default -> List.of("day", "daytime", "afternoon");
    };
  }
}
