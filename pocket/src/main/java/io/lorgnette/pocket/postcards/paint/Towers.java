package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;

/** Lighthouses, windmills, churches and castles. */
final class Towers {

  private Towers() {}

  /** Red, blue and black ones are banded with white; a yellow one and a white one are plain. */
  static void lighthouse(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    boolean banded = group.hue() != Hue.WHITE && group.hue() != Hue.YELLOW;
    Color second = banded ? brush.tone(Hue.WHITE) : paint;
    brush.fill(
        path("M -21 0 C -20 -8 -14 -8 -10 -9 L 11 -9 C 16 -8 20 -6 21 0 Z"), brush.tone(0x6C6862));
    for (int band = 0; band < 5; band++) {
      double top = -76 + 14 * band;
      double half = 7.6 + 1.1 * band;
      brush.turned(
          poly(-half, top, half, top, half + 1.1, top + 14.2, -half - 1.1, top + 14.2),
          band % 2 == 0 ? paint : second);
    }
    for (double y = -66; y < -20; y += 22) {
      brush.fill(round(-2, y, 2.4, y + 7, 1.5), brush.tone(0x2C3440));
    }
    brush.fill(round(-3.5, -20, 3.5, -7, 2), brush.tone(0x4A3024));
    Color metal = brush.tone(group.hue() == Hue.RED ? 0x3A3A40 : 0x84241E);
    brush.fill(rect(-11, -79, 11, -76), new Color(46, 46, 52));
    brush.fill(rect(-6, -89, 6, -79), brush.tone(0xFFF0A8));
    for (double x = -6; x <= 6; x += 4) {
      brush.line(x, -89, x, -79, 0.9, new Color(46, 46, 52));
    }
    brush.fill(path("M -8 -88 C -6 -96 6 -96 8 -88 Z"), metal);
    brush.line(0, -94, 0, -99, 1.4, metal);
  }

  /** A tower mill; the colour is that of the tower. */
  static void windmill(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color cap = brush.tone(group.hue() == Hue.BROWN ? 0x3A3A3E : 0x5A4030);
    brush.turned(poly(-12, -66, 12, -66, 21, 0, -21, 0), paint);
    brush.fill(path("M -14 -65 C -13 -82 13 -82 14 -65 Z"), cap);
    brush.fill(round(-5, -18, 5, 0, 3), brush.tone(0x4A3426));
    brush.fill(round(-3.5, -52, 3.5, -43, 1), brush.tone(0x3C5266));
    brush.fill(round(-3.5, -36, 3.5, -27, 1), brush.tone(0x3C5266));
    double turn = brush.dice().between(12, 78);
    Color wood = brush.tone(0x4E382A);
    Color sail = brush.tone(group.hue() == Hue.WHITE ? 0xD8C8A8 : 0xF2EBDA);
    for (int i = 0; i < 4; i++) {
      brush.at(
          0,
          -63,
          turn + 90 * i,
          1,
          () -> {
            brush.fill(rect(1, -36, 10, -8), Brush.alpha(sail, 225));
            for (double y = -36; y <= -8; y += 5.6) {
              brush.line(1, y, 10, y, 0.9, wood);
            }
            brush.line(10, -36, 10, -8, 0.9, wood);
            brush.limb(0, 0, 0, -37, 3, 2, wood);
          });
    }
    brush.fill(circle(0, -63, 3), wood);
  }

  static void church(Brush brush, Group group) {
    Color wall = brush.tone(group.hue());
    Color roof =
        brush.tone(group.hue() == Hue.BROWN || group.hue() == Hue.RED ? 0x4C525C : 0x7E3A2C);
    Color glass = brush.tone(0x3A4C74);
    Color dark = new Color(44, 40, 40);
    brush.turned(rect(-10, -34, 38, 0), wall);
    brush.solid(poly(-10, -33, -4, -54, 33, -54, 40, -33), roof);
    for (double x = 3; x < 36; x += 12) {
      brush.fill(round(x - 2.8, -26, x + 2.8, -9, 2.8), glass);
    }
    brush.turned(rect(-33, -62, -7, 0), wall);
    brush.solid(poly(-36, -61, -20, -92, -4, -61), roof);
    brush.line(-20, -90, -20, -100, 1.8, dark);
    brush.line(-23.5, -97, -16.5, -97, 1.8, dark);
    brush.fill(circle(-20, -50, 5), brush.tone(0xFAF6EA));
    brush.outline(circle(-20, -50, 5), 1, dark);
    brush.line(-20, -50, -20, -53.5, 0.9, dark);
    brush.line(-20, -50, -17.5, -50, 0.9, dark);
    brush.fill(round(-24, -38, -16, -24, 4), glass);
    brush.fill(path("M -26 0 L -26 -12 Q -20 -21 -14 -12 L -14 0 Z"), brush.tone(0x5A3822));
  }

  static void castle(Brush brush, Group group) {
    Color stone = brush.tone(group.hue());
    Color roof = brush.tone(group.hue() == Hue.PINK ? 0x4A5A86 : 0x8C3A34);
    tower(brush, -18, 0, 11, -78, stone, roof);
    tower(brush, 22, 0, 9, -70, stone, roof);
    wall(brush, -44, 44, -42, Brush.shade(stone, -0.04));
    tower(brush, -45, 0, 11, -58, stone, roof);
    tower(brush, 45, 0, 11, -58, stone, roof);
    brush.fill(path("M -9 0 L -9 -16 Q 0 -30 9 -16 L 9 0 Z"), brush.tone(0x3A2A22));
    for (double x = -6; x <= 6; x += 4) {
      brush.line(x, -20, x, 0, 0.9, brush.tone(0x7C6A58));
    }
    brush.fill(round(-26, -30, -22, -22, 2), new Color(40, 36, 36));
    brush.fill(round(22, -30, 26, -22, 2), new Color(40, 36, 36));
  }

  private static void tower(
      Brush brush, double x, double foot, double half, double top, Color stone, Color roof) {
    brush.turned(rect(x - half, top, x + half, foot), stone);
    wall(brush, x - half - 1.5, x + half + 1.5, top - 2, stone, top + 5);
    brush.turned(poly(x - half + 1, top - 4, x, top - 21, x + half - 1, top - 4), roof);
    brush.fill(ellipse(x, top + 16, 2, 4), new Color(40, 36, 36));
  }

  private static void wall(Brush brush, double left, double right, double top, Color stone) {
    wall(brush, left, right, top, stone, 0);
  }

  private static void wall(
      Brush brush, double left, double right, double top, Color stone, double bottom) {
    brush.fill(rect(left, top, right, bottom), stone);
    for (double x = left; x + 4 <= right + 0.1; x += 7) {
      brush.fill(rect(x, top - 5, x + 4, top + 0.5), stone);
    }
    brush.line(left, top + 1, right, top + 1, 0.8, Brush.shade(stone, -0.25));
  }
}
