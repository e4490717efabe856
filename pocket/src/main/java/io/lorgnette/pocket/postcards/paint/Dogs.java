package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.Shape;

/** Dogs, standing, sitting and running. */
final class Dogs {

  private static final Shape TORSO =
      path(
          "M -44 -50 C -44 -67 -22 -65 0 -61 C 18 -58 34 -72 42 -58 C 45 -44 36 -26 22 -27"
              + " C 4 -31 -14 -38 -26 -31 C -40 -25 -45 -38 -44 -50 Z");
  private static final Shape SITTING_TORSO =
      path("M -36 -3 C -46 -26 -26 -56 2 -72 L 30 -66 C 34 -44 28 -20 26 -2 L -20 0 Z");
  private static final Shape TAIL = path("M -42 -56 Q -54 -60 -60 -84");
  private static final Shape RESTING_TAIL = path("M -34 -6 Q -50 -4 -60 -14");

  private Dogs() {}

  static void paint(Brush brush, Group group) {
    Color coat = brush.tone(group.hue() == Hue.YELLOW ? 0xE0B45A : group.hue().rgb());
    Color far = Brush.shade(coat, -0.28);
    boolean pointed = brush.dice().chance(0.4);
    boolean bobtail = brush.dice().chance(0.15);
    switch (group.pose()) {
      case SITTING -> {
        brush.outline(RESTING_TAIL, 7, far);
        brush.limb(12, -40, 14, -4, 11, 8, far);
        brush.solid(SITTING_TORSO, coat);
        brush.fill(ellipse(-14, -17, 21, 16), Brush.shade(coat, -0.08));
        brush.limb(22, -46, 26, -4, 13, 9, coat);
        brush.fill(ellipse(30, -3, 8, 3.4), coat);
        brush.fill(ellipse(4, -3, 10, 3.4), Brush.shade(coat, -0.12));
        head(brush, 24, -80, coat, pointed);
      }
      case RUNNING -> {
        brush.at(0, -2, -4, 1, () -> running(brush, coat, far));
        head(brush, 46, -84, coat, pointed);
      }
      default -> {
        brush.limb(-28, -40, -34, -20, 14, 9, far);
        brush.limb(-34, -20, -29, -3, 9, 7, far);
        brush.limb(22, -38, 24, -3, 11, 8, far);
        if (!bobtail) {
          brush.outline(TAIL, 7, coat);
        }
        brush.solid(TORSO, coat);
        brush.limb(-34, -38, -41, -18, 16, 9, coat);
        brush.limb(-41, -18, -37, -4, 9, 8, coat);
        brush.fill(ellipse(-34, -3, 7, 3.2), coat);
        brush.limb(31, -42, 33, -4, 13, 9, coat);
        brush.fill(ellipse(36, -3, 7, 3.2), coat);
        brush.limb(33, -58, 44, -76, 25, 19, coat);
        head(brush, 46, -80, coat, pointed);
      }
    }
  }

  private static void running(Brush brush, Color coat, Color far) {
    brush.limb(-30, -42, -46, -30, 14, 9, far);
    brush.limb(-46, -30, -50, -12, 9, 6, far);
    brush.limb(28, -42, 42, -26, 11, 8, far);
    brush.limb(42, -26, 56, -22, 8, 6, far);
    brush.outline(path("M -40 -56 Q -54 -66 -62 -64"), 7, coat);
    brush.solid(TORSO, coat);
    brush.limb(-36, -40, -52, -26, 15, 9, coat);
    brush.limb(-52, -26, -62, -10, 9, 6, coat);
    brush.limb(32, -42, 46, -22, 12, 8, coat);
    brush.limb(46, -22, 58, -12, 8, 6, coat);
    brush.limb(33, -58, 44, -76, 25, 19, coat);
  }

  private static void head(Brush brush, double x, double y, Color coat, boolean pointed) {
    Color dark = new Color(30, 24, 22);
    Color ear = Brush.shade(coat, -0.38);
    if (pointed) {
      brush.fill(poly(x - 12, y - 6, x - 9, y - 20, x, y - 10), ear);
      brush.fill(poly(x - 4, y - 8, x + 1, y - 20, x + 7, y - 8), coat);
    }
    brush.fill(round(x + 2, y - 4, x + 19, y + 9, 6), Brush.shade(coat, 0.12));
    brush.solid(ellipse(x, y, 14, 12.5), coat);
    brush.fill(circle(x + 5, y - 3, 2.2), dark);
    brush.fill(ellipse(x + 17.5, y - 1.5, 3.4, 2.9), dark);
    brush.line(x + 8, y + 6, x + 16, y + 5, 1.2, dark);
    if (!pointed) {
      brush.fill(ellipse(x - 8, y + 2, 5.5, 12), ear);
    }
  }
}
