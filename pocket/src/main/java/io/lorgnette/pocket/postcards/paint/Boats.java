package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.Shape;

/** Sailing boats, rowing boats, fishing boats and ships. */
final class Boats {

  private static final Shape SAILING_HULL =
      path("M -38 -16 L 42 -18 C 36 -6 30 -1 24 0 L -26 0 C -32 -3 -36 -9 -38 -16 Z");
  private static final Shape ROWING_HULL =
      path(
          "M -142 -74 C -96 -56 96 -56 142 -80 C 128 -24 108 -4 88 0 L -92 0 C -120 -10 -132 -36 -142 -74 Z");
  private static final Shape FISHING_HULL =
      path(
          "M -66 -34 C -30 -28 20 -30 44 -34 C 56 -38 66 -44 71 -48 C 66 -22 58 -4 52 0 L -54 0 C -62 -8 -66 -20 -66 -34 Z");
  private static final Shape SHIP_HULL =
      path("M -112 -34 L 118 -38 C 108 -16 100 -4 94 0 L -100 0 C -106 -8 -112 -20 -112 -34 Z");

  private Boats() {}

  static void sailboat(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color mast = brush.tone(0x7A5A38);
    double lean = brush.dice().between(-3, 3);
    brush.at(
        0,
        0,
        lean,
        1,
        () -> {
          brush.limb(2, -12, 2, -98, 2.6, 1.6, mast);
          brush.turned(path("M 5 -92 Q 30 -56 38 -24 L 5 -24 Z"), Brush.shade(paint, -0.06));
          brush.turned(path("M -1 -95 Q -20 -60 -36 -26 Q -16 -22 -1 -24 Z"), paint);
          brush.line(-20, -52, -1, -52, 0.9, Brush.shade(paint, -0.3));
          brush.line(-28, -38, -1, -38, 0.9, Brush.shade(paint, -0.3));
        });
    boolean white = group.hue() == Hue.WHITE;
    brush.solid(SAILING_HULL, white ? brush.tone(0xDCD8CE) : paint);
    brush.line(-36, -14, 40, -15.5, 2, white ? brush.tone(0x2C4A78) : brush.tone(Hue.WHITE));
    wake(brush, -44, 44);
  }

  static void rowboat(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    brush.fill(
        path("M -142 -74 C -96 -86 96 -88 142 -80 C 96 -50 -96 -50 -142 -74 Z"),
        brush.tone(0x6A4A2C));
    for (double x = -70; x <= 70; x += 70) {
      brush.fill(round(x - 12, -76, x + 12, -58, 4), brush.tone(0xB08858));
    }
    brush.solid(ROWING_HULL, paint);
    brush.outline(path("M -142 -74 C -96 -56 96 -56 142 -80"), 7, Brush.shade(paint, -0.4));
    brush.outline(path("M -132 -44 C -90 -30 90 -30 130 -48"), 4, Brush.shade(paint, -0.25));
    brush.limb(-20, -68, -104, -10, 6, 5, brush.tone(0xC8A878));
    brush.limb(30, -68, 84, -12, 6, 5, brush.tone(0xC8A878));
    wake(brush, -140, 140);
  }

  static void fishing(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color cabin = brush.tone(group.hue() == Hue.WHITE ? 0xE8E0CC : 0xF2EEE4);
    brush.limb(-44, -32, -44, -84, 2.5, 2, brush.tone(0x6A4A30));
    brush.limb(34, -34, 34, -96, 2.8, 2, brush.tone(0x6A4A30));
    brush.line(34, -94, 68, -46, 0.8, new Color(60, 60, 60));
    brush.line(34, -94, -44, -82, 0.8, new Color(60, 60, 60));
    brush.line(-44, -82, -64, -36, 0.8, new Color(60, 60, 60));
    brush.turned(rect(-30, -66, 12, -28), cabin);
    brush.fill(poly(-35, -66, 17, -66, 13, -73, -31, -73), Brush.shade(paint, -0.3));
    for (double x = -25; x < 5; x += 12.5) {
      brush.fill(rect(x, -60, x + 8, -48), brush.tone(0x3C5A72));
    }
    brush.solid(FISHING_HULL, paint);
    brush.outline(
        path("M -66 -34 C -30 -28 20 -30 44 -34 C 56 -38 66 -44 71 -48"),
        3.4,
        brush.tone(group.hue() == Hue.WHITE ? Hue.BLUE : Hue.WHITE));
    brush.outline(path("M -58 -8 C -20 -6 20 -6 58 -10"), 3, Brush.shade(paint, -0.4));
    wake(brush, -66, 66);
  }

  static void ship(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color white = brush.tone(group.hue() == Hue.WHITE ? 0xFFFFFF : 0xF0EEE8);
    brush.fill(
        poly(18, -76, 38, -76, 34, -98, 20, -98),
        brush.tone(group.hue() == Hue.RED ? 0x2C3038 : 0xC8402C));
    brush.fill(
        poly(-24, -76, -4, -76, -8, -96, -22, -96),
        brush.tone(group.hue() == Hue.RED ? 0x2C3038 : 0xC8402C));
    brush.solid(rect(-70, -78, 62, -66), white);
    brush.solid(rect(-86, -66, 80, -50), white);
    brush.solid(rect(-98, -50, 92, -35), white);
    Color glass = brush.tone(0x37506A);
    for (double x = -92; x < 86; x += 9) {
      brush.fill(rect(x, -46, x + 5, -40), glass);
      if (x > -84 && x < 74) {
        brush.fill(rect(x, -62, x + 5, -56), glass);
      }
    }
    brush.fill(rect(52, -76, 62, -69), glass);
    brush.solid(SHIP_HULL, paint);
    brush.line(-110, -30, 114, -34, 2.5, group.hue() == Hue.WHITE ? brush.tone(0x2A4C86) : white);
    brush.fill(
        poly(-100, 0, 94, 0, 98, -5, -104, -5),
        brush.tone(group.hue() == Hue.RED ? 0x30343C : 0x8A2A22));
    for (double x = -90; x < 100; x += 14) {
      brush.fill(circle(x, -20, 2), Brush.shade(paint, group.hue() == Hue.BLACK ? 0.6 : -0.5));
    }
    wake(brush, -112, 112);
  }

  private static void wake(Brush brush, double left, double right) {
    Color foam = Brush.alpha(Color.WHITE, 130);
    brush.line(left + 4, -0.8, right - 8, -0.8, 1.6, foam);
  }
}
