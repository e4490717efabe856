package io.lorgnette.pocket.postcards.scene;

import java.util.Set;

/** Where a scene plays; decides the ground that is painted and what may stand there. */
public enum Place {
  BEACH,
  SEA,
  LAKE,
  MEADOW,
  TOWN,
  ROAD,
  MOUNTAINS,
  SNOW,
  DESERT,
  PARK;

  /** Colours that would melt into the ground here. */
  public Set<Hue> camouflage() {
    return switch (this) {
      case BEACH -> Set.of(Hue.YELLOW, Hue.BROWN);
      case SEA -> Set.of();
      case LAKE, MEADOW, ROAD, PARK -> Set.of(Hue.GREEN);
      case TOWN -> Set.of(Hue.GREY);
      case MOUNTAINS -> Set.of(Hue.GREEN, Hue.GREY);
      case SNOW -> Set.of(Hue.WHITE);
      case DESERT -> Set.of(Hue.YELLOW, Hue.ORANGE, Hue.BROWN);
    };
  }

  public boolean hasWater() {
    return this == BEACH || this == SEA || this == LAKE;
  }

  public boolean hasRoad() {
    return this == TOWN || this == ROAD;
  }
}
