package io.lorgnette.vision;

/** Checks of sizes in configurations, with the keys of their files in the messages. */
final class Sizes {

  private Sizes() {}

  /**
   * @throws IllegalArgumentException unless the value is at least 1
   */
  static void positive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1 but is " + value);
    }
  }

  /**
   * @throws IllegalArgumentException if the value is below 0
   */
  static void notNegative(String key, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(key + " must not be below 0 but is " + value);
    }
  }
}
