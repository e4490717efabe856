package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Place;
import io.lorgnette.pocket.postcards.scene.Zone;
import java.util.List;

/** Phrases that say where something is. */
final class Whereabouts {

  private Whereabouts() {}

  /** Phrases that are true of {@code group} at {@code place}, such as "on a sandy beach". */
  static List<String> of(Group group, Place place) {
    if (group.kind() == Kind.TRAIN) {
      return rails(place);
    }
    return switch (group.kind().zone()) {
      case LAND -> land(place);
      case ROAD -> place.hasRoad() ? road(place) : land(place);
      case WATER -> water(place);
      case BACK -> back(place);
      case SKY -> List.of("in the sky", "over " + ground(place), "above " + ground(place));
    };
  }

  private static List<String> land(Place place) {
    return switch (place) {
      case BEACH -> List.of("on the beach", "on a sandy beach", "on the sand", "by the sea");
      case SEA -> List.of("by the sea");
      case LAKE -> List.of("by a lake", "beside a lake", "on the shore of a lake", "near a lake");
      case MEADOW -> List.of("in a meadow", "in a grassy field", "in a field", "on the grass");
      case TOWN -> List.of("on a city street", "on the street", "in a town", "by the street");
      case ROAD -> List.of("beside a road", "by a country road", "next to a road", "near a road");
      case MOUNTAINS ->
          List.of(
              "in the mountains",
              "in front of the mountains",
              "in a mountain meadow",
              "near the mountains");
      case SNOW -> List.of("in the snow", "on a snowy field", "in a snowy field", "on the snow");
      case DESERT ->
          List.of("in the desert", "in a sandy desert", "on the sand", "in the desert sand");
      case PARK ->
          List.of("in a park", "in the park", "on the grass in a park", "on the lawn of a park");
    };
  }

  private static List<String> road(Place place) {
    return place == Place.TOWN
        ? List.of("on a city street", "down the street", "along a street", "through a town")
        : List.of("on a country road", "down a road", "along a country road", "on the road");
  }

  private static List<String> water(Place place) {
    return switch (place) {
      case BEACH ->
          List.of("on the sea", "on the water near a beach", "off a sandy beach", "in the sea");
      case LAKE -> List.of("on a lake", "on the water", "on a calm lake", "on the lake");
      default -> List.of("on the sea", "on the water", "on the ocean", "in the ocean");
    };
  }

  private static List<String> back(Place place) {
    return switch (place) {
      case SEA -> List.of("on a rock in the sea", "in the sea", "on a small rocky island");
      case LAKE ->
          List.of("by a lake", "on the far side of a lake", "across a lake", "beside a lake");
      case BEACH -> List.of("on the beach", "by the sea", "on a sandy beach");
      case TOWN -> List.of("in a town", "on a city street", "by the street", "beside a street");
      default -> land(place);
    };
  }

  private static List<String> rails(Place place) {
    return switch (place) {
      case MEADOW -> List.of("through a meadow", "through the fields", "through the countryside");
      case MOUNTAINS -> List.of("through the mountains", "past the mountains");
      case SNOW -> List.of("through the snow", "through a snowy landscape");
      default -> List.of("through the desert", "across the desert");
    };
  }

  /** The ground under something in the air: "the beach". */
  static String ground(Place place) {
    return switch (place) {
      case BEACH -> "the beach";
      case SEA -> "the sea";
      case LAKE -> "a lake";
      case MEADOW -> "a meadow";
      case TOWN -> "a town";
      case ROAD -> "a country road";
      case MOUNTAINS -> "the mountains";
      case SNOW -> "a snowy field";
      case DESERT -> "the desert";
      case PARK -> "a park";
    };
  }

  /** Names of the whole view: "a sandy beach". */
  static List<String> views(Place place) {
    return switch (place) {
      case BEACH -> List.of("a beach", "a sandy beach", "a beach scene");
      case SEA -> List.of("an ocean view", "a view of the sea");
      case LAKE -> List.of("a lake", "a lake view", "a quiet lake");
      case MEADOW -> List.of("a meadow", "a grassy field", "a grassy meadow");
      case TOWN -> List.of("a city street", "a street scene", "a street in a town");
      case ROAD -> List.of("a country road", "a road in the countryside");
      case MOUNTAINS -> List.of("a mountain landscape", "a mountain view", "a mountain scene");
      case SNOW -> List.of("a snowy field", "a snowy landscape", "a winter scene");
      case DESERT -> List.of("a desert", "a desert landscape", "a desert scene");
      case PARK -> List.of("a park", "a park scene");
    };
  }

  /** Ten people's words for the place of {@code group} in an answer, the most usual first. */
  static List<String> answers(Group group, Place place) {
    Zone zone = group.kind().zone();
    if (zone == Zone.SKY) {
      return List.of("sky", "in the sky", "air");
    }
    if (zone == Zone.WATER) {
      return place == Place.LAKE
          ? List.of("lake", "on the lake", "water", "in the water")
          : List.of("sea", "ocean", "on the sea", "water");
    }
    return switch (place) {
      case BEACH -> List.of("beach", "on the beach", "sand");
      case SEA -> List.of("sea", "on a rock", "ocean");
      case LAKE -> List.of("by the lake", "lake", "shore");
      case MEADOW -> List.of("meadow", "field", "grass");
      case TOWN -> List.of("street", "on the street", "city", "town");
      case ROAD ->
          zone == Zone.ROAD
              ? List.of("road", "on the road")
              : List.of("by the road", "roadside", "road");
      case MOUNTAINS -> List.of("mountains", "in the mountains", "meadow");
      case SNOW -> List.of("snow", "in the snow", "field");
      case DESERT -> List.of("desert", "in the desert", "sand");
      case PARK -> List.of("park", "in the park", "grass");
    };
  }
}
