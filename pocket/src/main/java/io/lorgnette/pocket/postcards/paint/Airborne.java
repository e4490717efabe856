package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.Shape;

/** Hot-air balloons, kites and aeroplanes. */
final class Airborne {

  private static final Shape ENVELOPE =
      path(
          "M 0 -99 C 26 -99 37 -82 37 -65 C 37 -48 20 -36 9 -24 L -9 -24 C -20 -36 -37 -48 -37 -65 C -37 -82 -26 -99 0 -99 Z");

  private Airborne() {}

  static void balloon(Brush brush, Group group) {
    Color cloth = brush.tone(group.hue());
    Color rope = new Color(90, 74, 56);
    brush.line(-8, -24, -5, -11, 1, rope);
    brush.line(8, -24, 5, -11, 1, rope);
    brush.turned(ENVELOPE, cloth);
    Color gore = Brush.shade(cloth, -0.18);
    brush.outline(path("M 0 -99 C -22 -88 -20 -44 -5 -24"), 1.6, gore);
    brush.outline(path("M 0 -99 C 22 -88 20 -44 5 -24"), 1.6, gore);
    brush.outline(path("M 0 -99 L 0 -24"), 1.6, gore);
    if (brush.dice().chance(0.5)) {
      Shape before = brush.graphics().getClip();
      brush.graphics().clip(ENVELOPE);
      brush.fill(rect(-40, -66, 40, -57), brush.tone(0xFBF6E6));
      brush.graphics().setClip(before);
    }
    brush.fill(rect(-9, -25, 9, -22), Brush.shade(cloth, -0.4));
    brush.turned(round(-7, -12, 7, 0, 2), brush.tone(0x8A5E34));
    brush.line(-7, -8, 7, -8, 1, rope);
  }

  /** A diamond kite with a tail of bows. */
  static void kite(Brush brush, Group group) {
    Color cloth = brush.tone(group.hue());
    double tilt = brush.dice().between(-12, 12);
    brush.at(
        0,
        -66,
        tilt,
        1,
        () -> {
          brush.fill(poly(0, -32, 26, -4, 0, 0), cloth);
          brush.fill(poly(0, -32, -26, -4, 0, 0), Brush.shade(cloth, 0.12));
          brush.fill(poly(-26, -4, 0, 34, 0, -4), Brush.shade(cloth, -0.08));
          brush.fill(poly(26, -4, 0, 34, 0, -4), Brush.shade(cloth, -0.2));
          brush.line(0, -32, 0, 34, 1.4, new Color(80, 60, 44));
          brush.line(-26, -4, 26, -4, 1.4, new Color(80, 60, 44));
          brush.outline(path("M 0 34 Q 10 42 2 50 Q -8 58 2 64"), 1.6, new Color(90, 80, 70));
          for (double y = 42; y < 64; y += 9) {
            brush.fill(poly(-6, y - 3, 6, y + 3, 6, y - 3, -6, y + 3), Brush.shade(cloth, -0.1));
          }
        });
  }

  static void plane(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color wing = Brush.shade(paint, -0.14);
    double climb = brush.dice().between(-6, 2);
    brush.at(
        0,
        -50,
        climb,
        1,
        () -> {
          brush.fill(poly(-4, -4, 18, -4, -20, -40, -34, -40), Brush.shade(paint, -0.3));
          brush.solid(
              path(
                  "M -112 -8 C -90 -12 60 -16 92 -12 C 112 -8 122 0 116 4 C 104 12 60 14 20 13"
                      + " C -40 12 -90 6 -112 -8 Z"),
              paint);
          brush.fill(poly(-84, -10, -116, -46, -98, -46, -60, -12), paint);
          brush.fill(poly(-80, -2, -112, 10, -98, 10, -58, 0), wing);
          brush.fill(poly(-6, 2, 26, 2, -30, 46, -46, 46), wing);
          brush.fill(round(-10, 16, 12, 26, 5), Brush.shade(paint, -0.34));
          Color glass = new Color(60, 84, 110);
          for (double x = -60; x < 84; x += 12) {
            brush.fill(round(x, -8, x + 6, -3, 2), glass);
          }
          brush.fill(poly(92, -10, 106, -5, 94, -3), glass);
          if (group.hue() == Hue.WHITE) {
            brush.fill(poly(-86, -16, -112, -44, -100, -44, -72, -16), new Color(40, 90, 160));
          }
          brush.fill(ellipse(117, 2, 3, 3), wing);
        });
  }
}
