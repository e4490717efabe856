package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Kind;
import java.util.List;

/** A name of a kind in both numbers. */
record Noun(String singular, String plural) {

  /** Names of {@code kind}, the plainest first; a later one may also fit other kinds. */
  static List<Noun> of(Kind kind) {
    return switch (kind) {
      case HOUSE -> List.of(regular("house"), regular("cottage"));
      case CHURCH -> List.of(new Noun("church", "churches"));
      case BARN -> List.of(regular("barn"));
      case CASTLE -> List.of(regular("castle"));
      case LIGHTHOUSE -> List.of(regular("lighthouse"));
      case WINDMILL -> List.of(regular("windmill"));
      case TENT -> List.of(regular("tent"));
      case TREE -> List.of(regular("tree"));
      case PINE -> List.of(regular("pine tree"), regular("fir tree"));
      case PALM -> List.of(regular("palm tree"), regular("palm"));
      case CACTUS -> List.of(new Noun("cactus", "cacti"));
      case SAILBOAT -> List.of(regular("sailboat"), regular("sailing boat"), regular("boat"));
      case ROWBOAT -> List.of(regular("rowboat"), regular("rowing boat"), regular("boat"));
      case FISHING_BOAT -> List.of(regular("fishing boat"), regular("boat"));
      case SHIP -> List.of(regular("ship"), regular("cruise ship"));
      case DOG -> List.of(regular("dog"));
      case CAT -> List.of(regular("cat"));
      case COW -> List.of(regular("cow"));
      case SHEEP -> List.of(new Noun("sheep", "sheep"));
      case HORSE -> List.of(regular("horse"));
      case DUCK -> List.of(regular("duck"));
      case CAMEL -> List.of(regular("camel"));
      case MAN -> List.of(new Noun("man", "men"));
      case WOMAN -> List.of(new Noun("woman", "women"), new Noun("lady", "ladies"));
      case BOY -> List.of(regular("boy"), new Noun("child", "children"), regular("kid"));
      case GIRL -> List.of(regular("girl"), new Noun("child", "children"), regular("kid"));
      case CAR -> List.of(regular("car"));
      case BUS -> List.of(new Noun("bus", "buses"));
      case TRUCK -> List.of(regular("truck"));
      case BICYCLE -> List.of(regular("bicycle"), regular("bike"));
      case TRACTOR -> List.of(regular("tractor"));
      case TRAIN -> List.of(regular("train"));
      case AIR_BALLOON -> List.of(regular("hot air balloon"));
      case KITE -> List.of(regular("kite"));
      case PLANE -> List.of(regular("plane"), regular("airplane"));
      case BIRD -> List.of(regular("seagull"), regular("bird"), regular("gull"));
      case BENCH -> List.of(new Noun("bench", "benches"));
      case PARASOL -> List.of(regular("parasol"));
      case FLOWERS -> List.of(new Noun("flowers", "flowers"));
      case SNOWMAN -> List.of(new Noun("snowman", "snowmen"));
    };
  }

  private static Noun regular(String singular) {
    return new Noun(singular, singular + "s");
  }

  String in(int count) {
    return count == 1 ? singular : plural;
  }
}
