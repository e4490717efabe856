package io.lorgnette.pocket.postcards.scene;

/** Time of day and weather in one, as only some pairs are worth a postcard. */
public enum Sky {
  SUNNY,
  CLOUDY,
  RAIN,
  SNOWFALL,
  SUNSET,
  NIGHT;

  /** True where no low sun or darkness colours the light. */
  public boolean isDay() {
    return this != SUNSET && this != NIGHT;
  }
}
