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
import java.awt.Shape;

/** Cars, buses and lorries, looking to the right. */
final class Vehicles {

  private static final Color TYRE = new Color(30, 30, 33);
  private static final Shape SALOON =
      path(
          "M -104 -24 C -106 -50 -98 -56 -76 -58 C -62 -84 -52 -94 -20 -96 C 18 -97 30 -84 48 -58"
              + " C 84 -55 104 -48 106 -28 L 104 -18 L -102 -18 Z");
  private static final Shape SALOON_GLASS =
      path("M -62 -58 C -52 -80 -46 -86 -20 -87 C 10 -88 20 -80 36 -58 Z");
  private static final Shape HATCH =
      path(
          "M -96 -22 C -100 -56 -92 -64 -86 -70 C -78 -94 -64 -98 -20 -98 C 12 -98 26 -90 44 -62"
              + " C 82 -60 98 -50 100 -26 L 98 -16 L -94 -16 Z");
  private static final Shape HATCH_GLASS =
      path("M -76 -62 C -70 -84 -62 -88 -22 -88 C 6 -88 16 -82 32 -62 Z");

  private Vehicles() {}

  static void car(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    boolean hatch = brush.dice().chance(0.5);
    shadow(brush, -100, 100);
    brush.solid(hatch ? HATCH : SALOON, paint);
    brush.fade(hatch ? HATCH_GLASS : SALOON_GLASS, brush.tone(0xB8D4E4), brush.tone(0x4A6478));
    brush.limb(-16, -58, -16, -88, 5, 5, paint);
    Color seam = Brush.shade(paint, group.hue() == Hue.BLACK ? 0.3 : -0.3);
    brush.line(-16, -56, -16, -24, 1.6, seam);
    brush.line(-96, -42, 98, -40, 1.2, seam);
    brush.line(-8, -48, 2, -48, 2.6, seam);
    brush.fill(ellipse(99, -42, 6, 6), brush.tone(0xFFF2B0));
    brush.fill(round(-103, -50, -95, -38, 3), brush.tone(0xA01818));
    brush.fill(round(-106, -26, 108, -16, 4), brush.tone(0x5A5C60));
    wheel(brush, -60, 20);
    wheel(brush, 62, 20);
  }

  static void bus(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    boolean doubleDecker = brush.dice().chance(0.35);
    shadow(brush, -98, 98);
    brush.solid(round(-100, -99, 100, -12, 8), paint);
    Color glass = brush.tone(0x4C6C84);
    if (doubleDecker) {
      windows(brush, -92, 92, -92, -72, 22, glass);
      windows(brush, -92, 66, -56, -34, 22, glass);
      brush.fill(rect(-100, -68, 100, -62), Brush.shade(paint, -0.2));
    } else {
      windows(brush, -92, 62, -86, -52, 25, glass);
      brush.fill(
          rect(-100, -46, 100, -38), brush.tone(group.hue() == Hue.WHITE ? Hue.BLUE : Hue.WHITE));
    }
    brush.fill(round(70, doubleDecker ? -58 : -88, 90, -16, 3), Brush.shade(glass, 0.25));
    brush.line(80, doubleDecker ? -56 : -86, 80, -17, 2, Brush.shade(paint, -0.4));
    brush.fill(rect(94, -58, 100, -40), Brush.shade(glass, 0.3));
    brush.fill(ellipse(96, -26, 5, 4), brush.tone(0xFFF2B0));
    brush.fill(rect(-100, -18, 102, -11), brush.tone(0x3C3E44));
    wheel(brush, -58, 15);
    wheel(brush, 48, 15);
  }

  private static void windows(
      Brush brush, double left, double right, double top, double bottom, double step, Color glass) {
    for (double x = left; x + step - 4 <= right; x += step) {
      brush.fade(round(x, top, x + step - 4, bottom, 3), Brush.shade(glass, 0.35), glass);
    }
  }

  static void truck(Brush brush, Group group) {
    Color paint = brush.tone(group.hue());
    boolean open = brush.dice().chance(0.35);
    shadow(brush, -96, 96);
    brush.fill(rect(-96, -26, 90, -14), brush.tone(0x3A3A3E));
    if (open) {
      brush.solid(poly(-98, -62, 34, -62, 34, -24, -98, -24), paint);
      for (double x = -84; x < 30; x += 18) {
        brush.line(x, -60, x, -26, 2, Brush.shade(paint, -0.3));
      }
      brush.fill(
          path("M -94 -62 C -70 -84 -50 -70 -30 -82 C -8 -90 16 -78 30 -62 Z"),
          brush.tone(0x8A6A44));
    } else {
      brush.solid(round(-98, -99, 36, -24, 3), paint);
      brush.outline(round(-94, -95, 32, -28, 2), 1.6, Brush.shade(paint, -0.22));
      brush.line(-54, -94, -54, -28, 1.4, Brush.shade(paint, -0.22));
      brush.line(-12, -94, -12, -28, 1.4, Brush.shade(paint, -0.22));
    }
    brush.solid(
        path("M 42 -18 L 42 -82 L 72 -82 C 82 -80 88 -62 92 -50 C 98 -48 99 -40 99 -18 Z"),
        Brush.shade(paint, -0.06));
    brush.fade(
        path("M 56 -74 L 70 -74 C 77 -72 81 -62 84 -52 L 56 -52 Z"),
        brush.tone(0xC4DCE8),
        brush.tone(0x4C6478));
    brush.fill(ellipse(95, -30, 4, 5), brush.tone(0xFFF2B0));
    wheel(brush, -70, 17);
    wheel(brush, -32, 17);
    wheel(brush, 68, 17);
  }

  static void wheel(Brush brush, double x, double radius) {
    brush.fill(circle(x, -radius, radius), TYRE);
    brush.fill(circle(x, -radius, radius * 0.56), brush.tone(0xB4B8BE));
    brush.fill(circle(x, -radius, radius * 0.2), TYRE);
  }

  private static void shadow(Brush brush, double left, double right) {
    brush.fill(ellipse((left + right) / 2, -3, (right - left) / 2, 6), new Color(0, 0, 0, 70));
  }
}
