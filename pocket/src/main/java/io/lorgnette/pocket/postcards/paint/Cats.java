package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.Shape;

/** Cats, standing, sitting and asleep. */
final class Cats {

  private static final Shape SITTING_TORSO =
      path("M -30 0 C -36 -34 -16 -58 -10 -64 L 14 -64 C 22 -56 34 -30 28 0 Z");
  private static final Shape SITTING_TAIL = path("M 24 -6 C 52 -2 56 -26 40 -32");
  private static final Shape TORSO =
      path(
          "M -40 -46 C -38 -62 -10 -56 6 -55 C 22 -54 34 -60 36 -48 C 38 -34 24 -28 8 -29"
              + " C -10 -30 -38 -28 -40 -46 Z");
  private static final Shape TAIL = path("M -38 -48 C -58 -52 -38 -84 -54 -94");
  private static final Shape CURLED =
      path("M -50 -12 C -54 -58 46 -62 52 -18 C 52 4 -48 4 -50 -12 Z");
  private static final Shape CURLED_TAIL = path("M -46 -10 C -30 4 6 4 24 -8");

  private Cats() {}

  static void paint(Brush brush, Group group) {
    Color coat = brush.tone(group.hue());
    Color far = Brush.shade(coat, -0.26);
    Color mark = Brush.shade(coat, group.hue() == Hue.BLACK ? 0.1 : -0.24);
    switch (group.pose()) {
      case SITTING -> {
        brush.outline(SITTING_TAIL, 9, far);
        brush.solid(SITTING_TORSO, coat);
        stripes(brush, mark, -24, -34, 8);
        brush.limb(-8, -34, -9, -4, 12, 10, Brush.shade(coat, 0.06));
        brush.limb(9, -34, 9, -4, 12, 10, Brush.shade(coat, 0.06));
        brush.line(0, -30, 0, -3, 1.4, far);
        face(brush, 1, -76, 1.12, coat, group.hue());
      }
      case SLEEPING -> {
        brush.solid(CURLED, coat);
        stripes(brush, mark, -30, -42, 10);
        brush.outline(CURLED_TAIL, 9, far);
        brush.at(34, -24, 12, 1.05, () -> sleepingFace(brush, coat));
      }
      default -> {
        brush.limb(-28, -38, -31, -3, 10, 7, far);
        brush.limb(22, -38, 21, -3, 9, 7, far);
        brush.outline(TAIL, 8, coat);
        brush.solid(TORSO, coat);
        stripes(brush, mark, -24, -50, 9);
        brush.limb(-34, -40, -38, -4, 11, 8, coat);
        brush.limb(29, -42, 31, -4, 10, 8, coat);
        face(brush, 38, -68, 1, coat, group.hue());
      }
    }
  }

  private static void stripes(Brush brush, Color mark, double x, double y, double step) {
    for (int i = 0; i < 4; i++) {
      brush.line(x + i * step, y, x + i * step + 3, y + 13, 2.4, mark);
    }
  }

  private static void face(Brush brush, double x, double y, double scale, Color coat, Hue hue) {
    brush.at(
        x,
        y,
        0,
        scale,
        () -> {
          ears(brush, coat);
          brush.solid(ellipse(0, 0, 18, 15.5), coat);
          Color eye = new Color(hue == Hue.GREY || hue == Hue.BLACK ? 0xE8C832 : 0x3E8C3E);
          Color dark = new Color(24, 20, 20);
          for (int side = -1; side <= 1; side += 2) {
            brush.fill(ellipse(side * 7.2, -2.5, 4, 3.6), eye);
            brush.fill(ellipse(side * 7.2, -2.5, 1.4, 3.2), dark);
            Color whisker = hue == Hue.BLACK ? new Color(220, 220, 220) : new Color(90, 80, 76);
            brush.line(side * 6, 5, side * 21, 3, 0.9, whisker);
            brush.line(side * 6, 7, side * 20, 8.5, 0.9, whisker);
          }
          brush.fill(poly(-2.8, 3, 2.8, 3, 0, 6), new Color(226, 128, 136));
        });
  }

  private static void sleepingFace(Brush brush, Color coat) {
    ears(brush, coat);
    brush.solid(ellipse(0, 0, 17, 14), Brush.shade(coat, 0.08));
    Color dark = new Color(40, 32, 32);
    brush.outline(path("M -11 -1 Q -7 3 -3 -1"), 1.6, dark);
    brush.outline(path("M 3 -1 Q 7 3 11 -1"), 1.6, dark);
    brush.fill(circle(0, 5, 2.2), new Color(226, 128, 136));
  }

  private static void ears(Brush brush, Color coat) {
    for (int side = -1; side <= 1; side += 2) {
      brush.fill(poly(side * 17, -6, side * 15, -26, side * 3, -12), Brush.shade(coat, -0.1));
      brush.fill(poly(side * 14, -10, side * 13, -20, side * 7, -12), new Color(224, 150, 150));
    }
  }
}
