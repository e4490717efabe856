package io.lorgnette.pocket.postcards.paint;

import io.lorgnette.pocket.postcards.scene.Sky;
import java.awt.Color;

/** What the time of day does to colours: each channel is scaled, then moved towards a tint. */
final class Light {

  private static final Light PLAIN = new Light(1, 0, Color.BLACK);
  private static final Light DULL = new Light(0.94, 0.08, new Color(150, 155, 165));
  private static final Light DUSK = new Light(0.95, 0.12, new Color(255, 150, 70));
  private static final Light DARK = new Light(0.88, 0.14, new Color(20, 30, 90));

  private final double scale;
  private final double share;
  private final Color tint;

  private Light(double scale, double share, Color tint) {
    this.scale = scale;
    this.share = share;
    this.tint = tint;
  }

  static Light of(Sky sky) {
    return switch (sky) {
      case SUNNY -> PLAIN;
      case CLOUDY, RAIN, SNOWFALL -> DULL;
      case SUNSET -> DUSK;
      case NIGHT -> DARK;
    };
  }

  Color on(Color colour) {
    return new Color(
        mix(colour.getRed(), tint.getRed()),
        mix(colour.getGreen(), tint.getGreen()),
        mix(colour.getBlue(), tint.getBlue()),
        colour.getAlpha());
  }

  private int mix(int value, int towards) {
    return clamp(value * scale * (1 - share) + towards * share);
  }

  static int clamp(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }
}
