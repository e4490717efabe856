package io.lorgnette.image;

import java.util.Locale;

/**
 * What becomes of transparency when a picture is read; a named setting of a recipe.
 *
 * @since 0.1
 */
public enum Alpha {
  /** Transparent pixels are laid on white, as image libraries of vision models do today. */
  WHITE,
  /**
   * The transparency channel is dropped and the hidden colours show. Older releases of those
   * libraries did this, so published evaluations were made with it.
   */
  DROP;

  /** The name in recipes and identities: {@code white} or {@code drop}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * One channel over white with Pillow's fixed-point arithmetic of {@code alpha_composite}: 7 extra
   * bits, the division by 255 done by shifts, half rounded up.
   *
   * @param value 0 to 255
   * @param alpha 0 (transparent) to 255
   */
  static byte overWhite(int value, int alpha) {
    int scaled = (value * alpha + 255 * (255 - alpha)) * 128 + 0x4000;
    return (byte) ((((scaled >> 8) + scaled) >> 8) >> 7);
  }
}
