package io.lorgnette.pocket.postcards.scene;

import java.util.Locale;

/** A colour that people name in one word, with the RGB value around which painters vary. */
public enum Hue {
  RED(205, 38, 36),
  ORANGE(242, 133, 22),
  YELLOW(247, 208, 40),
  GREEN(38, 148, 62),
  BLUE(32, 84, 190),
  PURPLE(128, 52, 160),
  PINK(242, 138, 178),
  WHITE(246, 245, 240),
  BLACK(34, 33, 38),
  BROWN(124, 78, 42),
  GREY(134, 138, 144);

  private final int rgb;

  Hue(int red, int green, int blue) {
    this.rgb = red << 16 | green << 8 | blue;
  }

  /** 0xRRGGBB. */
  public int rgb() {
    return rgb;
  }

  /** The English word, British spelling. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
