package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Pose;
import java.awt.Color;
import java.awt.Shape;

/** Horses and camels. */
final class Horses {

  private static final Shape HORSE =
      path(
          "M -42 -60 C -42 -73 -26 -71 -8 -67 C 8 -65 20 -72 28 -66 C 36 -58 32 -44 22 -42"
              + " C 4 -39 -10 -44 -24 -42 C -38 -40 -43 -50 -42 -60 Z");
  private static final Shape TAIL =
      path("M -39 -66 C -56 -66 -54 -40 -52 -24 C -46 -34 -42 -44 -38 -56 Z");
  private static final Shape FLYING_TAIL =
      path("M -38 -68 C -52 -76 -58 -60 -59 -48 C -50 -56 -44 -54 -38 -58 Z");
  private static final Shape CAMEL =
      path(
          "M -38 -52 C -38 -64 -28 -66 -22 -72 C -14 -92 0 -94 6 -76 C 10 -66 22 -70 27 -58"
              + " C 30 -46 20 -40 6 -41 C -10 -42 -22 -38 -30 -40 C -36 -42 -38 -46 -38 -52 Z");

  private Horses() {}

  static void horse(Brush brush, Group group) {
    Color coat = brush.tone(group.hue());
    Color far = Brush.shade(coat, -0.28);
    Color mane =
        group.hue() == Hue.WHITE || group.hue() == Hue.GREY
            ? brush.tone(0xD8D2C6)
            : brush.tone(0x241A16);
    boolean running = group.pose() == Pose.RUNNING;
    if (running) {
      leg(brush, -30, -42, -10, far);
      leg(brush, 22, 40, 16, far);
      brush.fill(FLYING_TAIL, mane);
    } else {
      leg(brush, -28, -26, -2, far);
      leg(brush, 17, 17, -1, far);
      brush.fill(TAIL, mane);
    }
    brush.solid(HORSE, coat);
    if (running) {
      leg(brush, -35, -52, -4, coat);
      leg(brush, 25, 48, 4, coat);
    } else {
      leg(brush, -36, -36, -2, coat);
      leg(brush, 24, 26, 1, coat);
    }
    if (group.pose() == Pose.GRAZING) {
      neck(brush, 26, -60, 42, -26, coat, mane);
      brush.at(44, -18, 72, 1, () -> head(brush, coat));
    } else {
      neck(brush, 24, -62, 40, -87, coat, mane);
      brush.at(44, -88, 34, 1, () -> head(brush, coat));
    }
  }

  /** From the shoulder at x to a hoof at {@code foot}; {@code bend} moves the knee. */
  private static void leg(Brush brush, double x, double foot, double bend, Color colour) {
    double knee = (x + foot) / 2 + bend;
    brush.limb(x, -50, knee, -26, 13, 7.5, colour);
    brush.limb(knee, -26, foot, -4, 7, 5, colour);
    brush.fill(poly(foot - 4, 0, foot - 3, -5, foot + 3, -5, foot + 5, 0), new Color(40, 32, 30));
  }

  private static void neck(
      Brush brush, double x1, double y1, double x2, double y2, Color coat, Color mane) {
    double nx = (y2 - y1) * 0.16;
    double ny = -(x2 - x1) * 0.16;
    brush.limb(x1 + nx, y1 + ny, x2 + nx, y2 + ny, 15, 9, mane);
    brush.limb(x1, y1, x2, y2, 24, 13, coat);
  }

  private static void head(Brush brush, Color coat) {
    brush.fill(poly(-8, -5, -7, -16, -1, -6), Brush.shade(coat, -0.12));
    brush.solid(path("M -10 -6 C -4 -10 8 -6 17 -4 C 21 -2 20 6 16 6 C 8 7 -6 10 -10 4 Z"), coat);
    brush.fill(circle(-2, -3, 1.7), new Color(16, 12, 12));
    brush.fill(circle(17, 0, 1.2), new Color(50, 30, 30));
  }

  static void camel(Brush brush, Group group) {
    Color coat = brush.tone(0xB9864C);
    Color far = Brush.shade(coat, -0.28);
    double stride = group.pose() == Pose.WALKING ? 8 : 0;
    limbs(brush, -28, -stride, far);
    limbs(brush, 16, stride, far);
    brush.outline(path("M -36 -58 Q -44 -50 -42 -36"), 3, far);
    brush.solid(CAMEL, coat);
    limbs(brush, -33, stride, coat);
    limbs(brush, 21, -stride, coat);
    brush.limb(24, -56, 38, -58, 15, 11, coat);
    brush.limb(38, -58, 43, -86, 11, 9, coat);
    brush.fill(poly(38, -90, 39, -97, 43, -91), far);
    brush.solid(path("M 38 -92 C 44 -96 54 -90 55 -86 C 54 -80 44 -82 38 -83 Z"), coat);
    brush.fill(circle(45, -89, 1.5), new Color(20, 14, 12));
    if (brush.dice().chance(0.7)) {
      Color blanket = brush.tone(0xA8323C);
      brush.fill(poly(-20, -74, 6, -77, 9, -56, -20, -56), blanket);
      brush.line(-20, -60, 9, -60, 2, brush.tone(0xF0D070));
    }
  }

  private static void limbs(Brush brush, double x, double stride, Color colour) {
    brush.limb(x, -46, x + stride * 0.4, -22, 10, 7, colour);
    brush.limb(x + stride * 0.4, -22, x + stride, -3, 6, 5, colour);
    brush.fill(ellipse(x + stride + 1, -2, 5, 2.4), colour);
  }
}
