package io.lorgnette.pocket.postcards.scene;

import java.util.Locale;

/** The parts of the data set. */
public enum Split {
  TRAIN(100_000),
  VAL(800_000),
  TEST(900_000);

  private final int firstId;

  Split(int firstId) {
    this.firstId = firstId;
  }

  /** As it stands in file names. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The most scenes that every split has ids for. */
  public static final int MOST_SCENES = 100_000;

  /** Image id of scene {@code index}: unique over all splits; a thousandfold fits an int. */
  public int imageId(int index) {
    return firstId + index;
  }
}
