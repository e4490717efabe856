package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Place;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.awt.Color;
import java.awt.geom.Path2D;

/** Sea and lake with ripples and the light of the sun or moon on them. */
final class Waters {

  private Waters() {}

  static void paint(Brush brush, Scene scene, double top, double bottom) {
    Dice dice = brush.dice();
    double width = scene.stage().width();
    int[] rgb =
        switch (scene.sky()) {
          case SUNNY -> dice.pick(new int[] {0x4C9CCB, 0x1B5E9C}, new int[] {0x58B2C0, 0x1F7A9A});
          case CLOUDY, SNOWFALL -> new int[] {0x8AA0AC, 0x4A6C80};
          case RAIN -> new int[] {0x70808C, 0x3C5462};
          case SUNSET -> new int[] {0xD89A76, 0x4A5488};
          case NIGHT -> new int[] {0x2A3A6A, 0x0C1436};
        };
    brush.fade(rect(0, top, width, bottom), new Color(rgb[0]), new Color(rgb[1]));
    double deep = bottom - top;
    boolean waves = scene.place() != Place.LAKE;
    int count = (int) (deep * 1.1);
    for (int i = 0; i < count; i++) {
      double far = Math.pow(dice.unit(), 0.7);
      double y = top + 1 + (deep - 2) * far;
      double x = dice.between(0, width);
      double length = (3 + 16 * far) * dice.between(0.6, 1.3);
      boolean light = dice.chance(0.55);
      Color colour = light ? new Color(255, 255, 255, 60) : new Color(0, 20, 60, 45);
      if (waves && far > 0.3) {
        Path2D crest = new Path2D.Double();
        crest.moveTo(x - length, y + 1.5);
        crest.quadTo(x - length * 0.5, y - 1.5, x, y + 1);
        crest.quadTo(x + length * 0.5, y - 1.5, x + length, y + 1.5);
        brush.outline(crest, 0.6 + 0.8 * far, colour);
      } else {
        brush.line(x - length, y, x + length, y, 0.6 + 0.7 * far, colour);
      }
    }
    scene.disc().ifPresent(disc -> glitter(brush, disc, top, bottom));
  }

  private static void glitter(Brush brush, Scene.Disc disc, double top, double bottom) {
    Dice dice = brush.dice();
    for (int i = 0; i < 40; i++) {
      double far = dice.unit();
      double y = top + (bottom - top) * far;
      double spread = disc.radius() * (0.5 + 1.1 * far);
      double x = disc.x() + dice.between(-spread, spread);
      brush.fill(
          ellipse(x, y, dice.between(2, 6), 0.8), new Color(255, 244, 196, 90 + dice.below(80)));
    }
  }
}
