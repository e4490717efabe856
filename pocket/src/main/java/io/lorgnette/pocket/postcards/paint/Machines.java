package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;

/** Bicycles, tractors and trains, looking to the right. */
final class Machines {

  private Machines() {}

  static void bicycle(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color rubber = new Color(34, 34, 36);
    Color spoke = new Color(150, 152, 156, 170);
    for (double x = -44; x <= 44; x += 88) {
      for (int i = 0; i < 6; i++) {
        double turn = Math.PI * i / 6 + 0.2;
        double dx = 32 * Math.cos(turn);
        double dy = 32 * Math.sin(turn);
        brush.line(x - dx, -36 - dy, x + dx, -36 + dy, 0.9, spoke);
      }
      brush.outline(circle(x, -36, 33), 5, rubber);
      brush.fill(circle(x, -36, 4), rubber);
    }
    double width = 6.5;
    brush.limb(-44, -36, -4, -36, width, width, paint);
    brush.limb(-44, -36, -18, -80, width - 1, width - 1, paint);
    brush.limb(-4, -36, -20, -84, width, width, paint);
    brush.limb(-16, -76, 32, -80, width, width, paint);
    brush.limb(-4, -36, 32, -78, width, width, paint);
    brush.limb(44, -36, 30, -90, width, width, paint);
    brush.limb(30, -90, 28, -96, 4, 4, rubber);
    brush.limb(28, -96, 40, -98, 4.5, 4.5, rubber);
    brush.limb(-30, -88, -10, -87, 7, 5, rubber);
    brush.outline(circle(-4, -36, 8), 2.5, rubber);
    brush.limb(-4, -36, 4, -20, 3, 3, rubber);
  }

  static void tractor(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    brush.limb(38, -60, 38, -92, 4, 4, new Color(60, 60, 60));
    brush.solid(round(-8, -68, 62, -32, 6), paint);
    for (double y = -60; y < -38; y += 6) {
      brush.line(40, y, 58, y, 2, Brush.shade(paint, -0.4));
    }
    brush.fade(
        poly(-48, -94, -4, -94, 2, -56, -48, -56), brush.tone(0xC4DCE8), brush.tone(0x6A8696));
    brush.limb(-48, -96, 2, -96, 6, 6, paint);
    brush.limb(-3, -94, 2, -58, 4, 4, Brush.shade(paint, -0.2));
    brush.limb(-48, -94, -48, -58, 4, 4, Brush.shade(paint, -0.2));
    brush.solid(path("M -64 -44 C -62 -74 -8 -76 -2 -44 Z"), paint);
    brush.fill(rect(-20, -40, 58, -26), brush.tone(0x3A3A3E));
    hub(brush, -33, 31, group.hue());
    hub(brush, 46, 20, group.hue());
  }

  private static void hub(Brush brush, double x, double radius, Hue hue) {
    brush.fill(circle(x, -radius, radius), new Color(36, 34, 34));
    for (int i = 0; i < 12; i++) {
      double turn = Math.PI * i / 6;
      double dx = Math.cos(turn);
      double dy = Math.sin(turn);
      brush.line(
          x + dx * radius * 0.8,
          -radius + dy * radius * 0.8,
          x + dx * (radius - 1),
          -radius + dy * (radius - 1),
          2,
          new Color(84, 80, 78));
    }
    Color rim = hue == Hue.YELLOW ? brush.tone(Hue.RED) : brush.tone(0xF0C030);
    brush.fill(circle(x, -radius, radius * 0.55), rim);
    brush.fill(circle(x, -radius, radius * 0.2), Brush.shade(rim, -0.4));
  }

  /** A locomotive and two coaches. */
  static void train(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    coach(brush, -206, -76, paint, group.hue());
    coach(brush, -70, 60, paint, group.hue());
    brush.fill(rect(-80, -30, -66, -24), new Color(40, 40, 44));
    brush.fill(rect(58, -30, 70, -24), new Color(40, 40, 44));
    brush.solid(path("M 68 -14 L 68 -88 L 150 -88 C 184 -84 204 -58 207 -26 L 205 -14 Z"), paint);
    brush.fade(
        path("M 150 -78 C 172 -74 184 -62 190 -48 L 150 -48 Z"),
        brush.tone(0xC4DCE8),
        brush.tone(0x3C5468));
    for (double x = 80; x < 140; x += 24) {
      brush.fill(round(x, -76, x + 16, -52, 3), brush.tone(0x42596C));
    }
    brush.fill(rect(68, -42, 204, -35), stripe(brush, group.hue()));
    brush.fill(circle(200, -26, 5), brush.tone(0xFFF2B0));
    for (double x = 90; x < 200; x += 28) {
      brush.fill(circle(x, -9, 9), new Color(36, 36, 40));
    }
  }

  private static void coach(Brush brush, double left, double right, Color paint, Hue hue) {
    brush.solid(round(left, -88, right, -14, 6), paint);
    brush.fill(round(left + 2, -92, right - 2, -84, 4), brush.tone(0x8A8E94));
    brush.fill(rect(left, -42, right, -35), stripe(brush, hue));
    for (double x = left + 8; x < right - 14; x += 22) {
      brush.fade(round(x, -76, x + 15, -50, 3), brush.tone(0xBCD2E0), brush.tone(0x42596C));
    }
    for (double x = left + 18; x < right; x += 30) {
      brush.fill(circle(x, -9, 9), new Color(36, 36, 40));
    }
  }

  private static Color stripe(Brush brush, Hue hue) {
    return brush.tone(hue == Hue.YELLOW || hue == Hue.ORANGE ? 0x3C3C40 : 0xF4F0E4);
  }
}
