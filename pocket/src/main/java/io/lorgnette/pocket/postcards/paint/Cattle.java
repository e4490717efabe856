package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.path;
import static io.lorgnette.pocket.postcards.paint.Shapes.round;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Pose;
import java.awt.Color;
import java.awt.Shape;

/** Cows and sheep, standing and grazing. */
final class Cattle {

  private static final Shape COW =
      path(
          "M -60 -72 C -60 -88 -48 -88 -30 -86 C -10 -83 14 -88 34 -88 C 46 -86 48 -68 44 -54"
              + " C 38 -36 22 -38 4 -37 C -14 -36 -40 -34 -52 -40 C -60 -46 -60 -60 -60 -72 Z");

  private Cattle() {}

  /** A black cow is black and white. */
  static void cow(Brush brush, Group group) {
    boolean pied = group.hue() == Hue.BLACK;
    Color hide = brush.tone(pied ? Hue.WHITE : group.hue());
    Color dark = brush.tone(Hue.BLACK);
    Color far = Brush.shade(hide, -0.3);
    Color hoof = new Color(50, 42, 40);
    leg(brush, -42, far, hoof);
    leg(brush, 24, far, hoof);
    brush.outline(path("M -58 -78 Q -70 -66 -66 -36"), 4, hide);
    brush.fill(ellipse(-66, -34, 4, 7), pied ? dark : far);
    brush.fill(ellipse(-28, -36, 11, 8), brush.tone(0xE8A8A4));
    brush.solid(COW, hide);
    if (pied) {
      patches(brush, dark);
    }
    leg(brush, -52, hide, hoof);
    leg(brush, 34, hide, hoof);
    if (group.pose() == Pose.GRAZING) {
      brush.limb(38, -70, 57, -30, 27, 17, hide);
      brush.at(60, -22, 62, 1, () -> cowHead(brush, hide, pied ? dark : hide));
    } else {
      brush.limb(36, -72, 54, -82, 30, 20, hide);
      brush.at(57, -80, 20, 1, () -> cowHead(brush, hide, pied ? dark : hide));
    }
  }

  private static void leg(Brush brush, double x, Color colour, Color hoof) {
    brush.limb(x, -44, x + 1, -6, 13, 8, colour);
    brush.fill(round(x - 4, -7, x + 6, 0, 2), hoof);
  }

  private static void patches(Brush brush, Color dark) {
    Dice dice = brush.dice();
    Shape before = brush.graphics().getClip();
    brush.graphics().clip(COW);
    for (int i = 0; i < 5; i++) {
      double x = -54 + 22 * i + dice.between(-5, 5);
      double y = dice.between(-84, -52);
      brush.fill(ellipse(x, y, dice.between(8, 15), dice.between(8, 14)), dark);
    }
    brush.graphics().setClip(before);
  }

  private static void cowHead(Brush brush, Color hide, Color mask) {
    Color horn = new Color(232, 222, 196);
    brush.outline(path("M -2 -9 Q -2 -18 6 -19"), 3.2, horn);
    brush.fill(ellipse(-9, -6, 8, 4), Brush.shade(hide, -0.25));
    brush.solid(ellipse(3, 0, 15, 10.5), mask);
    brush.fill(ellipse(13, 2, 7.5, 8), brush.tone(0xE2A89E));
    brush.fill(circle(15.5, 0, 1.5), new Color(90, 50, 50));
    brush.fill(circle(2, -4, 2), new Color(20, 16, 16));
    if (!mask.equals(hide)) {
      brush.fill(ellipse(5, -1, 4, 2.4), hide);
    }
  }

  static void sheep(Brush brush, Group group) {
    boolean black = group.hue() == Hue.BLACK;
    Color wool = brush.tone(black ? 0x3A3638 : 0xF2EEE2);
    Color skin = brush.tone(black || brush.dice().chance(0.6) ? 0x2A2628 : 0xD8C2A4);
    Dice dice = brush.dice();
    for (double x : new double[] {-34, -22, 18, 30}) {
      brush.limb(x, -34, x, -3, 9, 7, skin);
    }
    boolean grazing = group.pose() == Pose.GRAZING;
    double headX = grazing ? 50 : 48;
    double headY = grazing ? -26 : -72;
    for (int i = 0; i < 46; i++) {
      double turn = i * 2.39996;
      double reach = Math.sqrt((i + 0.5) / 46);
      double x = -4 + 42 * reach * Math.cos(turn);
      double y = -60 + 24 * reach * Math.sin(turn);
      double light = -0.18 * (y + 60) / 24 + dice.between(-0.05, 0.05) - (black ? 0 : 0.06);
      brush.fill(circle(x, y, dice.between(9, 13)), Brush.shade(wool, light));
    }
    brush.at(
        headX,
        headY,
        grazing ? 68 : 30,
        1,
        () -> {
          brush.fill(ellipse(-8, -8, 9, 4), Brush.shade(skin, -0.1));
          brush.solid(ellipse(2, 0, 16, 10), skin);
          brush.fill(circle(4, -3, 1.8), black ? new Color(230, 220, 160) : new Color(12, 10, 10));
          brush.fill(ellipse(-9, -1, 9, 9), Brush.shade(wool, -0.04));
        });
  }
}
