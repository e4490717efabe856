package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.rect;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Stage;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Path2D;

/** Hills, peaks and skylines at the horizon, and soft-edged bands of ground. */
final class Distance {

  private final Brush brush;
  private final Stage stage;
  private final Dice dice;

  Distance(Brush brush, Stage stage) {
    this.brush = brush;
    this.stage = stage;
    this.dice = brush.dice();
  }

  /** Ground from about {@code top} to the lower edge; the edge swings by {@code swing} pixels. */
  void band(double top, double swing, Color upper, Color lower) {
    brush.fade(wave(top, swing, stage.height()), upper, lower);
  }

  private Shape wave(double top, double swing, double bottom) {
    double phase = dice.between(0, 7);
    double length = stage.width() / dice.between(0.8, 1.8);
    Path2D path = new Path2D.Double();
    path.moveTo(0, bottom);
    for (double x = 0; x <= stage.width() + 8; x += 8) {
      double angle = phase + 2 * Math.PI * x / length;
      path.lineTo(x, top + swing * 0.5 * (Math.sin(angle) + 0.4 * Math.sin(2.3 * angle)));
    }
    path.lineTo(stage.width() + 8, bottom);
    path.closePath();
    return path;
  }

  /** Rolling hills that rise to {@code rise} of the sky. */
  void hills(int rgb, double rise, int layers) {
    for (int layer = 0; layer < layers; layer++) {
      double height = stage.horizon() * rise * (1 - 0.4 * layer) * dice.between(0.7, 1);
      Color colour = Brush.shade(brush.tone(rgb), 0.22 - 0.18 * layer);
      brush.fade(
          wave(stage.horizon() - height * 0.5, height * 0.8, stage.horizon() + 6),
          Brush.shade(colour, 0.08),
          colour);
    }
  }

  /** Jagged mountains up to {@code rise} of the sky. */
  void peaks(double rise, boolean snowy) {
    Color rock = brush.tone(dice.pick(0x75839A, 0x7E7C86, 0x66788C));
    int count = 3 + dice.below(2);
    for (int i = 0; i < count; i++) {
      double x = stage.width() * (i + dice.between(0.1, 0.9)) / count;
      double height = stage.horizon() * rise * dice.between(0.55, 1);
      double half = height * dice.between(0.8, 1.1);
      double top = stage.horizon() - height;
      double foot = stage.horizon() + 6;
      Path2D lit = new Path2D.Double();
      Path2D dark = new Path2D.Double();
      lit.moveTo(x, top);
      dark.moveTo(x, top);
      int steps = 6;
      for (int s = 1; s <= steps; s++) {
        double y = top + (foot - top) * s / steps;
        lit.lineTo(x - half * s / steps + dice.between(-4, 4), y);
        dark.lineTo(x + half * s / steps + dice.between(-4, 4), y);
      }
      lit.lineTo(x + half * 0.2, foot);
      dark.lineTo(x + half * 0.2, foot);
      lit.closePath();
      dark.closePath();
      brush.fade(lit, Brush.shade(rock, 0.16), Brush.shade(rock, 0.3));
      brush.fade(dark, Brush.shade(rock, -0.2), Brush.shade(rock, 0.1));
      if (snowy) {
        cap(x, top, height * 0.34, half * 0.34);
      }
    }
  }

  private void cap(double x, double top, double deep, double half) {
    Path2D cap = new Path2D.Double();
    cap.moveTo(x, top);
    cap.lineTo(x + half, top + deep);
    for (int i = 1; i < 6; i++) {
      double across = x + half - 2 * half * i / 6;
      cap.lineTo(
          across, top + deep * (i % 2 == 0 ? dice.between(0.95, 1.2) : dice.between(0.6, 0.8)));
    }
    cap.lineTo(x - half, top + deep);
    cap.closePath();
    brush.fill(cap, brush.tone(0xF6F8FB));
  }

  /** A low cape on one side of the sea. */
  void headland() {
    boolean left = dice.chance(0.5);
    double reach = stage.width() * dice.between(0.25, 0.5);
    double height = stage.horizon() * dice.between(0.06, 0.16);
    Path2D cape = new Path2D.Double();
    double edge = left ? 0 : stage.width();
    double way = left ? 1 : -1;
    cape.moveTo(edge, stage.horizon() + 1);
    cape.lineTo(edge, stage.horizon() - height);
    cape.curveTo(
        edge + way * reach * 0.4,
        stage.horizon() - height * 1.3,
        edge + way * reach * 0.6,
        stage.horizon() - height * 0.4,
        edge + way * reach,
        stage.horizon() + 1);
    cape.closePath();
    brush.fill(cape, brush.tone(0x7E95A4));
  }

  /** Roofs and walls of a town in the haze. */
  void skyline() {
    for (double x = -10; x < stage.width(); ) {
      double width = dice.between(16, 38);
      double height = stage.horizon() * dice.between(0.16, 0.42);
      Color wall = brush.tone(dice.pick(0xA6AAB4, 0xB4AEB0, 0x9AA4B2, 0xB8B2AA));
      double top = stage.horizon() - height;
      brush.fill(rect(x, top, x + width, stage.horizon() + 1), wall);
      Color window = Brush.alpha(Brush.shade(wall, -0.25), 150);
      for (double y = top + 5; y < stage.horizon() - 5; y += 8) {
        for (double w = x + 4; w < x + width - 4; w += 7) {
          brush.fill(rect(w, y, w + 3, y + 4), window);
        }
      }
      x += width;
    }
  }

  /** A line of bushes, {@code size} of the short side high. */
  void bushes(double base, double size, Color colour) {
    double radius = stage.unit() * size;
    for (double x = -radius; x < stage.width() + radius; ) {
      if (dice.chance(0.7)) {
        Trees.bush(brush, x, base, radius * dice.between(0.7, 1.3), colour);
      }
      x += radius * dice.between(0.9, 2.2);
    }
  }
}
