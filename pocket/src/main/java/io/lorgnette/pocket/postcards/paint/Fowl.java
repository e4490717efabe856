package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.Shape;

/** Swimming ducks and flying gulls. */
final class Fowl {

  private static final Shape DUCK =
      path(
          "M -62 -46 C -50 -34 -30 -52 -8 -48 C 10 -46 18 -52 26 -46 C 46 -30 30 -2 0 -2 C -34 -2 -52 -14 -62 -46 Z");
  private static final Shape WING =
      path("M -44 -34 C -24 -46 4 -44 14 -32 C 6 -14 -24 -12 -44 -34 Z");

  private Fowl() {}

  static void duck(Brush brush, Group group) {
    Color feathers = brush.tone(group.hue());
    boolean mallard = group.hue() == Hue.BROWN && brush.dice().chance(0.5);
    Color head = mallard ? brush.tone(0x1E6A46) : feathers;
    brush.solid(DUCK, feathers);
    brush.fill(WING, Brush.shade(feathers, -0.14));
    brush.limb(22, -38, 28, -70, 22, 16, head);
    if (mallard) {
      brush.line(15, -54, 34, -52, 4, brush.tone(Hue.WHITE));
    }
    brush.solid(ellipse(30, -78, 17, 15), head);
    brush.fill(
        path("M 42 -84 C 54 -82 64 -76 64 -72 C 58 -68 48 -70 42 -72 Z"), brush.tone(0xF0961E));
    brush.fill(circle(36, -82, 2.8), new Color(16, 14, 14));
    brush.line(-60, -1, 40, -1, 3, Brush.alpha(Color.WHITE, 150));
  }

  /** A gull with both wings spread. */
  static void bird(Brush brush, Group group) {
    Color white = brush.tone(group.hue() == Hue.WHITE ? 0xFAFAFA : group.hue().rgb());
    Color grey = brush.tone(0x8A939E);
    double lift = brush.dice().between(-16, 14);
    brush.fill(wing(-1, lift), grey);
    brush.fill(wing(1, lift), Brush.shade(grey, -0.08));
    brush.fill(poly(-112, -80 - lift, -84, -80 - lift * 0.7, -88, -68 - lift * 0.7), grey);
    brush.solid(path("M -34 -46 C -20 -58 16 -60 32 -50 C 36 -44 20 -34 -4 -36 Z"), white);
    brush.fill(poly(-28, -46, -52, -54, -50, -38), white);
    brush.fill(circle(30, -50, 10), white);
    brush.fill(poly(38, -53, 54, -48, 38, -45), brush.tone(0xF0A020));
    brush.fill(circle(33, -52, 2), new Color(10, 10, 10));
  }

  private static Shape wing(int side, double lift) {
    return poly(
        side * 2,
        -54,
        side * 44,
        -88 - lift,
        side * 108,
        -72 - lift,
        side * 60,
        -66 - lift * 0.6,
        side * 16,
        -40);
  }
}
