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

/** Benches, parasols and snowmen. */
final class Things {

  private Things() {}

  static void bench(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    Color iron = new Color(48, 48, 52);
    for (double x = -72; x <= 72; x += 144) {
      brush.limb(x, -96, x, -4, 7, 7, iron);
      brush.limb(x, -42, x + (x < 0 ? 14 : -14), -2, 7, 7, iron);
      brush.limb(x, -64, x + (x < 0 ? 20 : -20), -62, 6, 6, iron);
    }
    for (double y = -98; y <= -62; y += 16) {
      brush.solid(round(-88, y, 88, y + 11, 3), paint);
    }
    brush.solid(poly(-86, -50, 86, -50, 92, -36, -92, -36), Brush.shade(paint, 0.08));
    brush.fill(rect(-92, -36, 92, -30), Brush.shade(paint, -0.35));
  }

  /** A beach umbrella; every second panel is white unless all are. */
  static void parasol(Brush brush, Group group) {
    Color cloth = brush.tone(group.hue());
    Color second = Brush.shade(cloth, group.hue() == Hue.WHITE ? -0.12 : -0.2);
    boolean striped = group.hue() != Hue.WHITE && brush.dice().chance(0.5);
    brush.at(
        0,
        0,
        brush.dice().between(-5, 5),
        1,
        () -> {
          brush.limb(0, 0, 0, -94, 3, 3, brush.tone(0xE6DCC8));
          brush.solid(path("M -48 -56 C -44 -86 -20 -96 0 -97 C 20 -96 44 -86 48 -56 Z"), cloth);
          Color panel = striped ? brush.tone(Hue.WHITE) : second;
          brush.fill(path("M -32 -56 C -28 -80 -12 -94 0 -97 C -6 -90 -12 -76 -13 -56 Z"), panel);
          brush.fill(path("M 32 -56 C 28 -80 12 -94 0 -97 C 6 -90 12 -76 13 -56 Z"), panel);
          for (double x = -48; x < 47; x += 16) {
            brush.fill(ellipse(x + 8, -56, 8, 3.4), x == -32 || x == 16 ? panel : cloth);
          }
        });
  }

  static void snowman(Brush brush, Group group) {
    Color snow = brush.tone(group.hue());
    Color coal = new Color(30, 28, 30);
    Color scarf = brush.tone(brush.dice().pick(0xC82C30, 0x2C6AC0, 0x2E8A4A));
    Color twig = new Color(84, 58, 38);
    brush.limb(-18, -52, -32, -66, 2.4, 1.6, twig);
    brush.limb(18, -52, 32, -66, 2.4, 1.6, twig);
    brush.turned(circle(0, -19, 20), snow);
    brush.turned(circle(0, -49, 15.5), snow);
    brush.turned(circle(0, -72, 12), snow);
    brush.outline(circle(0, -19, 20), 0.9, Brush.shade(snow, -0.3));
    brush.outline(circle(0, -49, 15.5), 0.9, Brush.shade(snow, -0.3));
    brush.limb(-9, -61, 10, -61, 5, 5, scarf);
    brush.limb(7, -60, 9, -46, 5, 4, scarf);
    brush.fill(circle(-4.5, -75, 1.7), coal);
    brush.fill(circle(4.5, -75, 1.7), coal);
    brush.fill(poly(0, -72.5, 13, -70, 0, -69), brush.tone(0xF07818));
    for (double y = -54; y <= -40; y += 7) {
      brush.fill(circle(0, y, 1.6), coal);
    }
    brush.limb(-12, -82, 12, -82, 3, 3, coal);
    brush.fill(rect(-8, -99, 8, -82), coal);
    brush.fill(rect(-8, -88, 8, -84), scarf);
  }
}
