package io.lorgnette.pocket.postcards.scene;

import static io.lorgnette.pocket.postcards.scene.Hue.BLACK;
import static io.lorgnette.pocket.postcards.scene.Hue.BLUE;
import static io.lorgnette.pocket.postcards.scene.Hue.BROWN;
import static io.lorgnette.pocket.postcards.scene.Hue.GREEN;
import static io.lorgnette.pocket.postcards.scene.Hue.GREY;
import static io.lorgnette.pocket.postcards.scene.Hue.ORANGE;
import static io.lorgnette.pocket.postcards.scene.Hue.PINK;
import static io.lorgnette.pocket.postcards.scene.Hue.PURPLE;
import static io.lorgnette.pocket.postcards.scene.Hue.RED;
import static io.lorgnette.pocket.postcards.scene.Hue.WHITE;
import static io.lorgnette.pocket.postcards.scene.Hue.YELLOW;
import static io.lorgnette.pocket.postcards.scene.Place.BEACH;
import static io.lorgnette.pocket.postcards.scene.Place.DESERT;
import static io.lorgnette.pocket.postcards.scene.Place.LAKE;
import static io.lorgnette.pocket.postcards.scene.Place.MEADOW;
import static io.lorgnette.pocket.postcards.scene.Place.MOUNTAINS;
import static io.lorgnette.pocket.postcards.scene.Place.PARK;
import static io.lorgnette.pocket.postcards.scene.Place.ROAD;
import static io.lorgnette.pocket.postcards.scene.Place.SEA;
import static io.lorgnette.pocket.postcards.scene.Place.SNOW;
import static io.lorgnette.pocket.postcards.scene.Place.TOWN;

import java.util.List;

/**
 * Kinds of things that share a name ("boat", "person"), with the colours they come in and the
 * places where they are found.
 *
 * <p>The order of families, colours and places is part of the rule in {@link HeldOut}.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
public enum Family {
  HOUSE(
      List.of(WHITE, YELLOW, RED, BLUE, PINK, BROWN, ORANGE),
      List.of(BEACH, MEADOW, LAKE, TOWN, ROAD, MOUNTAINS, SNOW)),
  CHURCH(List.of(WHITE, YELLOW, BROWN, RED), List.of(MEADOW, ROAD, TOWN, SNOW, MOUNTAINS)),
  BARN(List.of(RED, BROWN, WHITE, BLUE), List.of(MEADOW, ROAD, SNOW)),
  CASTLE(List.of(GREY, BROWN, WHITE, PINK), List.of(MOUNTAINS, LAKE, MEADOW, SNOW)),
  LIGHTHOUSE(List.of(RED, WHITE, BLUE, BLACK, YELLOW), List.of(BEACH, LAKE, SEA)),
  WINDMILL(List.of(WHITE, BROWN, RED, BLUE), List.of(MEADOW, ROAD, LAKE, BEACH)),
  TENT(
      List.of(ORANGE, RED, BLUE, YELLOW, PURPLE),
      List.of(LAKE, MEADOW, MOUNTAINS, DESERT, SNOW, BEACH)),
  TREE(List.of(GREEN, ORANGE, YELLOW, RED, PINK), List.of(MEADOW, LAKE, TOWN, ROAD, PARK)),
  PINE(List.of(GREEN), List.of(ROAD, MOUNTAINS, SNOW, LAKE)),
  PALM(List.of(GREEN), List.of(BEACH, PARK, DESERT, TOWN)),
  CACTUS(List.of(GREEN), List.of(DESERT)),
  BOAT(List.of(WHITE, RED, YELLOW, GREEN, ORANGE, BLUE), List.of(SEA, LAKE, BEACH)),
  SHIP(List.of(WHITE, RED, BLACK, GREEN), List.of(SEA, BEACH)),
  DOG(
      List.of(BROWN, BLACK, WHITE, GREY, YELLOW),
      List.of(BEACH, MOUNTAINS, PARK, TOWN, SNOW, MEADOW)),
  CAT(List.of(BLACK, ORANGE, WHITE, GREY), List.of(TOWN, PARK, SNOW, MEADOW)),
  COW(List.of(BROWN, BLACK, WHITE), List.of(MEADOW, MOUNTAINS, ROAD, LAKE)),
  SHEEP(List.of(WHITE, BLACK), List.of(LAKE, MEADOW, MOUNTAINS, ROAD)),
  HORSE(List.of(BROWN, BLACK, WHITE, GREY), List.of(MEADOW, BEACH, MOUNTAINS, DESERT, SNOW)),
  DUCK(List.of(WHITE, BROWN, YELLOW), List.of(LAKE, SEA, BEACH)),
  CAMEL(List.of(BROWN), List.of(DESERT)),
  PERSON(
      List.of(RED, BLUE, YELLOW, GREEN, PINK, WHITE, ORANGE, BLACK, PURPLE),
      List.of(BEACH, MEADOW, DESERT, TOWN, PARK, SNOW, MOUNTAINS, LAKE, ROAD)),
  CAR(
      List.of(RED, BLUE, YELLOW, WHITE, BLACK, GREEN, ORANGE, PURPLE),
      List.of(TOWN, SNOW, ROAD, DESERT, BEACH)),
  BUS(List.of(RED, YELLOW, BLUE, GREEN, WHITE, ORANGE), List.of(TOWN, DESERT, ROAD)),
  TRUCK(List.of(RED, BLUE, WHITE, GREEN, YELLOW, ORANGE), List.of(ROAD, TOWN, DESERT, SNOW)),
  BICYCLE(List.of(RED, BLUE, BLACK, YELLOW, GREEN, PINK), List.of(BEACH, TOWN, PARK, ROAD)),
  TRACTOR(List.of(RED, GREEN, BLUE, YELLOW, ORANGE), List.of(MEADOW, SNOW, ROAD)),
  TRAIN(List.of(RED, BLUE, GREEN, YELLOW, ORANGE), List.of(MEADOW, MOUNTAINS, SNOW, DESERT)),
  AIR_BALLOON(
      List.of(RED, YELLOW, BLUE, ORANGE, PURPLE, GREEN, PINK),
      List.of(MEADOW, MOUNTAINS, DESERT, LAKE, SNOW, TOWN)),
  KITE(List.of(RED, YELLOW, BLUE, GREEN, ORANGE, PURPLE), List.of(SNOW, BEACH, MEADOW, PARK)),
  PLANE(List.of(WHITE, RED, YELLOW, BLUE), List.of(TOWN, SEA, MOUNTAINS, DESERT, BEACH)),
  BIRD(List.of(WHITE), List.of(SEA, BEACH, LAKE, MOUNTAINS)),
  BENCH(List.of(BROWN, RED, WHITE, BLUE), List.of(PARK, TOWN, LAKE, BEACH)),
  PARASOL(List.of(RED, BLUE, ORANGE, GREEN, WHITE, PINK), List.of(BEACH, PARK, LAKE)),
  FLOWERS(List.of(RED, YELLOW, PINK, PURPLE, WHITE, BLUE), List.of(MEADOW, PARK, MOUNTAINS, LAKE)),
  SNOWMAN(List.of(WHITE), List.of(SNOW));

  private final List<Hue> hues;
  private final List<Place> places;

  Family(List<Hue> hues, List<Place> places) {
    this.hues = hues;
    this.places = places;
  }

  /** Colours this family comes in; a single one is never mentioned. */
  public List<Hue> hues() {
    return hues;
  }

  /** Places this family is found in. */
  public List<Place> places() {
    return places;
  }

  /** True where a colour word says something. */
  public boolean isColoured() {
    return hues.size() > 1;
  }
}
