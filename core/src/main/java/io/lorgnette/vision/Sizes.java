package io.lorgnette.vision;

/** Checks of sizes in configurations, with the keys of their files in the messages. */
final class Sizes {

  private Sizes() {}

  /** Above every published model; below what products of two would overflow at. */
  private static final int MOST = 1 << 20;

  private static final int MOST_PIXELS = 1 << 15;
  private static final int MOST_LAYERS = 1000;

  /**
   * @throws IllegalArgumentException unless the value is at least 1 and not absurd
   */
  static void positive(String key, int value) {
    within(key, value, MOST);
  }

  /** As {@link #positive}, for the side of an image. */
  static void pixels(String key, int value) {
    within(key, value, MOST_PIXELS);
  }

  /** As {@link #positive}, for a number of blocks: each is built before a file is looked at. */
  static void layers(String key, int value) {
    within(key, value, MOST_LAYERS);
  }

  private static void within(String key, int value, int most) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1 but is " + value);
    }
    if (value > most) {
      throw new IllegalArgumentException(key + " must be at most " + most + " but is " + value);
    }
  }

  /**
   * @throws IllegalArgumentException if the value is below 0
   */
  static void notNegative(String key, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(key + " must not be below 0 but is " + value);
    }
    if (value > 0) {
      within(key, value, MOST);
    }
  }
}
