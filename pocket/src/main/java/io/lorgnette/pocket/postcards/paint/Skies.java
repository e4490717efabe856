package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Sky;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.RadialGradientPaint;

/** The sky with clouds or stars, the sun or the moon, and what falls from it. */
final class Skies {

  private Skies() {}

  static void paint(Graphics2D graphics, Scene scene, Dice dice) {
    double width = scene.stage().width();
    double horizon = scene.stage().horizon();
    Color[] colours = colours(scene.sky(), dice);
    graphics.setPaint(
        new LinearGradientPaint(
            0, 0, 0, (float) horizon + 2, new float[] {0f, 0.62f, 1f}, colours));
    graphics.fill(rect(0, 0, width, horizon + 2));
    scene.disc().ifPresent(disc -> disc(graphics, scene.sky(), disc));
    switch (scene.sky()) {
      case NIGHT -> stars(graphics, scene, width, horizon, dice);
      case SUNNY -> clouds(graphics, scene, dice.below(5), 235, new Color(255, 255, 255), dice);
      case CLOUDY -> clouds(graphics, scene, 9, 190, new Color(236, 238, 242), dice);
      case RAIN -> clouds(graphics, scene, 10, 170, new Color(112, 118, 130), dice);
      case SNOWFALL -> clouds(graphics, scene, 6, 130, new Color(226, 230, 236), dice);
      case SUNSET -> streaks(graphics, width, horizon, dice);
    }
  }

  private static Color[] colours(Sky sky, Dice dice) {
    int[] rgb =
        switch (sky) {
          case SUNNY ->
              dice.pick(
                  new int[] {0x3C82D2, 0x7CB4EA, 0xCDE6F6},
                  new int[] {0x4A9AE0, 0x8CC6F0, 0xE2F1F8},
                  new int[] {0x2F6FBE, 0x6AA6DE, 0xB9D9EE});
          case CLOUDY -> new int[] {0x93A0B0, 0xB4BEC9, 0xD6DBE0};
          case RAIN -> new int[] {0x5A6270, 0x7C8592, 0xA2A9B2};
          case SNOWFALL -> new int[] {0xA9B4C2, 0xC3CBD5, 0xDCE1E7};
          case SUNSET ->
              dice.pick(
                  new int[] {0x4A4C8E, 0xD8705A, 0xFFC870},
                  new int[] {0x6A4A86, 0xE8825A, 0xFFD890},
                  new int[] {0x35558E, 0xE09A6A, 0xFFB050});
          case NIGHT -> new int[] {0x080C26, 0x131C46, 0x2C3A6C};
        };
    double bright = dice.between(0.94, 1.05);
    Color[] colours = new Color[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      colours[i] =
          new Color(
              Light.clamp((rgb[i] >> 16 & 255) * bright),
              Light.clamp((rgb[i] >> 8 & 255) * bright),
              Light.clamp((rgb[i] & 255) * bright));
    }
    return colours;
  }

  private static void disc(Graphics2D graphics, Sky sky, Scene.Disc disc) {
    boolean moon = sky == Sky.NIGHT;
    Color glow =
        moon
            ? new Color(220, 226, 255)
            : sky == Sky.SUNSET ? new Color(255, 190, 90) : new Color(255, 244, 190);
    double reach = disc.radius() * (moon ? 2.2 : 3.2);
    graphics.setPaint(
        new RadialGradientPaint(
            (float) disc.x(),
            (float) disc.y(),
            (float) reach,
            new float[] {0.25f, 1f},
            new Color[] {Brush.alpha(glow, moon ? 110 : 190), Brush.alpha(glow, 0)}));
    graphics.fill(circle(disc.x(), disc.y(), reach));
    graphics.setPaint(
        moon
            ? new Color(244, 242, 224)
            : sky == Sky.SUNSET ? new Color(255, 236, 170) : new Color(255, 248, 196));
    graphics.fill(circle(disc.x(), disc.y(), disc.radius()));
    if (moon) {
      graphics.setPaint(new Color(214, 210, 192));
      double r = disc.radius();
      graphics.fill(circle(disc.x() - r * 0.3, disc.y() - r * 0.2, r * 0.22));
      graphics.fill(circle(disc.x() + r * 0.35, disc.y() + r * 0.25, r * 0.16));
      graphics.fill(circle(disc.x() - r * 0.05, disc.y() + r * 0.5, r * 0.12));
    }
  }

  private static void stars(
      Graphics2D graphics, Scene scene, double width, double horizon, Dice dice) {
    for (int i = 0; i < 60; i++) {
      double x = dice.between(0, width);
      double y = dice.between(0, horizon * 0.92);
      double size = dice.between(0.4, 1.1);
      boolean behind =
          scene.disc().stream()
              .anyMatch(disc -> Math.hypot(disc.x() - x, disc.y() - y) < disc.radius() + 3);
      if (!behind) {
        graphics.setPaint(new Color(255, 255, 240, 120 + dice.below(130)));
        graphics.fill(circle(x, y, size));
      }
    }
  }

  private static void clouds(
      Graphics2D graphics, Scene scene, int count, int alpha, Color colour, Dice dice) {
    double unit = scene.stage().unit();
    for (int i = 0; i < count; i++) {
      double x = dice.between(-0.1, 1.1) * scene.stage().width();
      double y = dice.between(0.02, 0.62) * scene.stage().horizon();
      double size = unit * dice.between(0.05, 0.12);
      boolean onDisc =
          scene.disc().stream()
              .anyMatch(disc -> Math.hypot(disc.x() - x, disc.y() - y) < disc.radius() + size * 3);
      if (onDisc) {
        continue;
      }
      for (int puff = 0; puff < 9; puff++) {
        double dx = dice.between(-2, 2) * size;
        double dy = -dice.between(0, 0.7) * size * (1 - Math.abs(dx) / size / 2.4);
        double r = size * dice.between(0.4, 0.75);
        Color lit = Brush.shade(colour, dice.between(-0.06, 0));
        graphics.setPaint(
            new RadialGradientPaint(
                (float) (x + dx),
                (float) (y + dy),
                (float) r,
                new float[] {0.45f, 1f},
                new Color[] {Brush.alpha(lit, alpha), Brush.alpha(lit, 0)}));
        graphics.fill(ellipse(x + dx, y + dy, r, r));
      }
    }
  }

  private static void streaks(Graphics2D graphics, double width, double horizon, Dice dice) {
    for (int i = 0; i < 7; i++) {
      double y = dice.between(0.1, 0.85) * horizon;
      double x = dice.between(0, 1) * width;
      graphics.setPaint(dice.pick(new Color(255, 170, 120, 70), new Color(120, 60, 110, 70)));
      graphics.fill(ellipse(x, y, dice.between(0.15, 0.4) * width, dice.between(1.5, 4)));
    }
  }

  /** Rain and snow, over everything; thin, so that nothing is hidden. */
  static void precipitation(Graphics2D graphics, Scene scene, Dice dice) {
    double width = scene.stage().width();
    double height = scene.stage().height();
    if (scene.sky() == Sky.RAIN) {
      double slant = dice.between(-3, 3);
      Brush brush = new Brush(graphics, Light.of(Sky.SUNNY), dice);
      for (int i = 0; i < 170; i++) {
        double x = dice.between(0, width);
        double y = dice.between(0, height);
        double length = dice.between(6, 13);
        brush.line(x, y, x + slant, y + length, 0.8, new Color(225, 232, 242, 90 + dice.below(60)));
      }
    } else if (scene.sky() == Sky.SNOWFALL) {
      for (int i = 0; i < 190; i++) {
        graphics.setPaint(new Color(255, 255, 255, 150 + dice.below(90)));
        graphics.fill(
            circle(dice.between(0, width), dice.between(0, height), dice.between(0.7, 1.9)));
      }
    }
  }
}
