package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.Color;
import java.awt.geom.Path2D;

/** Leafy trees, pines, palms, cacti and beds of flowers. */
final class Trees {

  private Trees() {}

  static void tree(Brush brush, Group group) {
    Dice dice = brush.dice();
    Color leaves = brush.tone(group.hue() == Hue.GREEN ? 0x3E8A38 : group.hue().rgb());
    Color bark = brush.tone(0x5E412B);
    brush.limb(0, 0, 0, -46, 9, 6, bark);
    brush.limb(0, -30, -16, -52, 4, 3, bark);
    brush.limb(0, -34, 15, -56, 4, 3, bark);
    double wide = dice.between(27, 31);
    double tall = dice.between(24, 28);
    for (int i = 0; i < 52; i++) {
      double turn = i * 2.39996 + dice.between(-0.3, 0.3);
      double reach = Math.sqrt((52 - i - 0.5) / 52);
      double x = wide * reach * Math.cos(turn);
      double y = -65 + tall * reach * Math.sin(turn);
      double light = -0.008 * (x + (y + 65)) + dice.between(-0.12, 0.1);
      brush.fill(circle(x, y, dice.between(6, 9.5)), Brush.shade(leaves, clip(light)));
    }
  }

  static void pine(Brush brush, Group group) {
    Dice dice = brush.dice();
    Color needles = brush.tone(group.hue() == Hue.GREEN ? 0x1F5A36 : group.hue().rgb());
    brush.limb(0, 0, 0, -20, 6, 5, brush.tone(0x54392A));
    int tiers = 5;
    for (int tier = 0; tier < tiers; tier++) {
      double bottom = -9 - tier * 17;
      double top = Math.max(-99, bottom - 34);
      double half = 25 - tier * 4.4;
      Path2D path = new Path2D.Double();
      path.moveTo(0, top);
      path.lineTo(half, bottom);
      int teeth = 6;
      for (int i = 1; i <= teeth; i++) {
        double x = half - 2 * half * i / teeth;
        path.lineTo(x + half / teeth, bottom + dice.between(3, 6));
        path.lineTo(x, bottom - (i < teeth ? dice.between(0, 3) : 0));
      }
      path.closePath();
      brush.turned(path, Brush.shade(needles, 0.05 * tier - 0.1));
    }
  }

  static void palm(Brush brush, Group group) {
    Dice dice = brush.dice();
    Color leaf = brush.tone(group.hue() == Hue.GREEN ? 0x2F8A3E : group.hue().rgb());
    Color bark = brush.tone(0x8A6A44);
    double lean = dice.between(-10, 10);
    double topX = lean;
    double topY = -72;
    int rings = 9;
    for (int i = 0; i < rings; i++) {
      double a = i / (double) rings;
      double b = (i + 1) / (double) rings;
      brush.limb(
          lean * a * a,
          topY * a,
          lean * b * b,
          topY * b,
          8 - 3 * a,
          7 - 3 * a,
          i % 2 == 0 ? bark : Brush.shade(bark, -0.15));
    }
    for (int i = 0; i < 9; i++) {
      double angle = Math.toRadians(-180 + 22.5 * i + dice.between(-8, 8));
      double tipX = topX + 27 * Math.cos(angle);
      double tipY = topY + 22 * Math.sin(angle) + 16 * Math.abs(Math.cos(angle)) + 2;
      double midX = topX + 18 * Math.cos(angle);
      double midY = topY + 26 * Math.sin(angle) - 5;
      Path2D frond = new Path2D.Double();
      frond.moveTo(topX, topY);
      frond.quadTo(midX, midY - 4, tipX, tipY);
      frond.quadTo(midX, midY + 8, topX, topY + 3);
      frond.closePath();
      brush.fill(frond, Brush.shade(leaf, dice.between(-0.25, 0.15)));
    }
    for (int i = 0; i < 3; i++) {
      brush.fill(circle(topX - 4 + 4 * i, topY + 4, 3), brush.tone(0x6A4426));
    }
  }

  static void cactus(Brush brush, Group group) {
    Color flesh = brush.tone(group.hue() == Hue.GREEN ? 0x3C7A44 : group.hue().rgb());
    brush.outline(
        path("M -1 -38 L -20 -40 Q -25 -42 -25 -50 L -25 -68"), 11, Brush.shade(flesh, -0.1));
    brush.outline(path("M 2 -28 L 19 -30 Q 25 -32 25 -40 L 25 -56"), 10, Brush.shade(flesh, -0.2));
    brush.turned(round(-9, -99, 9, 0, 9), flesh);
    for (double x = -5; x <= 5; x += 5) {
      brush.line(x, -92, x, -3, 0.9, Brush.shade(flesh, -0.3));
    }
    if (brush.dice().chance(0.5)) {
      brush.fill(circle(0, -96, 4), brush.tone(0xE86A9A));
    }
  }

  /** A bed of flowers of one colour. */
  static void flowers(Brush brush, Group group) {
    Dice dice = brush.dice();
    Color petals = brush.tone(group.hue());
    Color stalk = brush.tone(0x2F7034);
    Color heart = brush.tone(group.hue() == Hue.YELLOW ? 0x8A5A20 : 0xF4CC30);
    for (int i = 0; i < 30; i++) {
      double x = -132 + 264 * (i + dice.between(0.1, 0.9)) / 30;
      double foot = dice.between(-22, 0);
      double top = foot - dice.between(30, 62);
      brush.line(x, foot, x + dice.between(-6, 6), top, 3, stalk);
      brush.fill(ellipse(x + 6, foot - 14, 8, 4), stalk);
      double size = dice.between(7.5, 10);
      for (int p = 0; p < 5; p++) {
        double turn = Math.PI * 2 * p / 5;
        brush.fill(
            circle(x + size * 0.8 * Math.cos(turn), top + size * 0.8 * Math.sin(turn), size * 0.72),
            Brush.shade(petals, p * 0.04 - 0.1));
      }
      brush.fill(circle(x, top, size * 0.5), heart);
    }
  }

  /** A bush of the given half width, for backdrops; never told of. */
  static void bush(Brush brush, double x, double base, double size, Color colour) {
    Dice dice = brush.dice();
    for (int i = 0; i < 9; i++) {
      double dx = dice.between(-size, size);
      double dy = dice.between(0.1, 0.75) * size * (1 - Math.abs(dx) / size * 0.5);
      brush.fill(
          circle(x + dx * 0.8, base - dy, size * dice.between(0.24, 0.36)),
          Brush.shade(colour, dice.between(-0.15, 0.1)));
    }
    brush.fill(
        poly(
            x - size,
            base,
            x + size,
            base,
            x + size * 0.6,
            base - size * 0.4,
            x - size * 0.6,
            base - size * 0.4),
        colour);
  }

  private static double clip(double light) {
    return Math.max(-0.45, Math.min(0.35, light));
  }
}
