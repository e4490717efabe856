package io.lorgnette.pocket.postcards.scene;

/** The part of a stage on which a kind stands. */
public enum Zone {
  /** Near ground. */
  LAND,
  /** The road where there is one, else near ground. */
  ROAD,
  WATER,
  /** Far ground, for buildings and trees that others stand in front of. */
  BACK,
  SKY
}
