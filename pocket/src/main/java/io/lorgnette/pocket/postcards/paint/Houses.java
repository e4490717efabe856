package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.Shape;

/** Houses, barns and tents. */
final class Houses {

  private static final int[] ROOFS = {0x8A3A2C, 0x5A5E66, 0x6A4630, 0x4A3A36};

  private Houses() {}

  static void house(Brush brush, Group group) {
    Dice dice = brush.dice();
    Color wall = brush.tone(group.hue());
    int roofs = group.hue() == Hue.RED || group.hue() == Hue.BROWN ? 1 : dice.below(ROOFS.length);
    Color roof = brush.tone(ROOFS[roofs]);
    boolean gable = dice.chance(0.4);
    double half = dice.between(40, 46);
    double eaves = gable ? -56 : -58;
    double chimney = dice.chance(0.5) ? -24 : 20;
    brush.turned(rect(chimney - 5, -96, chimney + 6, -66), brush.tone(0x8A5A48));
    brush.fill(rect(chimney - 7, -99, chimney + 8, -94), brush.tone(0x5A4038));
    brush.turned(rect(-half, eaves, half, 0), wall);
    if (gable) {
      brush.turned(poly(-half, eaves + 1, 0, -92, half, eaves + 1), wall);
      brush.limb(-half - 7, eaves + 3, 0, -94, 6, 6, roof);
      brush.limb(half + 7, eaves + 3, 0, -94, 6, 6, roof);
      brush.fill(circle(0, -68, 6), brush.tone(0x48627A));
    } else {
      brush.solid(
          poly(-half - 8, eaves + 2, -half + 12, -92, half - 12, -92, half + 8, eaves + 2), roof);
      for (double y = -84; y < eaves; y += 8) {
        double reach = half - 10 + (y + 92) * 0.5;
        brush.line(-reach, y, reach, y, 0.8, Brush.shade(roof, -0.25));
      }
    }
    facade(brush, half, eaves, group.hue());
    brush.line(-half, -0.5, half, -0.5, 2, Brush.shade(wall, -0.4));
  }

  private static void facade(Brush brush, double half, double eaves, Hue hue) {
    Color frame = brush.tone(hue == Hue.WHITE ? 0x6A7A86 : 0xF6F2E8);
    Color glass = brush.tone(0x48627A);
    double side = half * 0.58;
    double top = eaves + 14;
    window(brush, -side, top, frame, glass);
    window(brush, side, top, frame, glass);
    Color door = brush.tone(hue == Hue.BROWN ? 0x2E4A3A : 0x5C3A22);
    brush.fill(round(-9, -32, 9, 0, 2), frame);
    brush.fill(round(-7, -30, 7, 0, 2), door);
    brush.fill(circle(4, -14, 1.3), brush.tone(0xE8C860));
  }

  private static void window(Brush brush, double x, double y, Color frame, Color glass) {
    brush.fill(rect(x - 10, y - 2, x + 10, y + 20), frame);
    brush.fade(rect(x - 8, y, x + 8, y + 18), Brush.shade(glass, 0.3), glass);
    brush.line(x, y, x, y + 18, 1.6, frame);
    brush.line(x - 8, y + 9, x + 8, y + 9, 1.6, frame);
  }

  /** A gambrel barn with a cross-braced door. */
  static void barn(Brush brush, Group group) {
    Color wall = brush.tone(group.hue());
    Color trim = brush.tone(group.hue() == Hue.WHITE ? 0x5A4A42 : 0xF4EEE2);
    Color roof = brush.tone(0x5C6068);
    Shape front = poly(-42, 0, -42, -52, -30, -78, -4, -94, 22, -78, 34, -52, 34, 0);
    if (brush.dice().chance(0.5)) {
      brush.turned(rect(38, -84, 58, 0), brush.tone(0xA8ACB2));
      brush.fill(path("M 38 -84 C 40 -98 56 -98 58 -84 Z"), brush.tone(0x7C8088));
    }
    brush.turned(front, wall);
    for (double x = -36; x < 34; x += 7) {
      brush.line(x, -52, x, -1, 0.6, Brush.shade(wall, -0.3));
    }
    brush.outline(path("M -46 -48 L -32 -79 L -4 -96 L 24 -79 L 38 -48"), 5, roof);
    brush.fill(rect(-22, -40, 14, 0), Brush.shade(wall, -0.15));
    brush.outline(rect(-22, -40, 14, 0), 2.6, trim);
    brush.line(-22, -40, 14, 0, 2.6, trim);
    brush.line(14, -40, -22, 0, 2.6, trim);
    brush.fill(rect(-11, -74, 3, -58), Brush.shade(wall, -0.5));
    brush.outline(rect(-11, -74, 3, -58), 2.2, trim);
  }

  /** A ridge tent or a dome tent. */
  static void tent(Brush brush, Group group) {
    Color cloth = brush.tone(group.hue());
    Color inside = Brush.shade(cloth, -0.72);
    if (brush.dice().chance(0.6)) {
      brush.fill(poly(-20, -98, 36, -90, 70, 0, 20, 0), Brush.shade(cloth, -0.22));
      brush.turned(poly(-20, -98, 24, 0, -66, 0), cloth);
      brush.fill(poly(-20, -78, -2, 0, -38, 0), inside);
      brush.fill(poly(-20, -78, -38, 0, -48, 0), Brush.shade(cloth, 0.25));
      brush.line(36, -90, 71, -4, 1.4, new Color(230, 226, 214));
      brush.line(-20, -98, -71, -4, 1.4, new Color(230, 226, 214));
    } else {
      brush.turned(path("M -70 0 C -66 -70 -30 -96 0 -98 C 30 -96 66 -70 70 0 Z"), cloth);
      brush.fill(path("M -22 0 C -20 -48 -8 -66 4 -70 C 18 -60 24 -36 26 0 Z"), inside);
      brush.outline(path("M -70 0 C -40 -60 -14 -90 0 -98"), 1.8, Brush.shade(cloth, -0.35));
      brush.outline(path("M 70 0 C 50 -56 24 -88 0 -98"), 1.8, Brush.shade(cloth, -0.35));
    }
  }
}
