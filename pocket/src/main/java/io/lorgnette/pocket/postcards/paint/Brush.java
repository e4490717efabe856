package io.lorgnette.pocket.postcards.paint;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Hue;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;

/**
 * A {@link Graphics2D} with the light of the scene and the dice of one figure.
 *
 * <p>A figure's painter works in its own units: the thing stands at (0, 0), is 100 high, looks to
 * the right, and y grows downwards, so that it fills x from {@code -50 * aspect} to {@code 50 *
 * aspect} and y from -100 to 0.
 */
final class Brush {

  private final Graphics2D graphics;
  private final Light light;
  private final Dice dice;

  Brush(Graphics2D graphics, Light light, Dice dice) {
    this.graphics = graphics;
    this.light = light;
    this.dice = dice;
  }

  Dice dice() {
    return dice;
  }

  Graphics2D graphics() {
    return graphics;
  }

  /** A colour of that name as it looks in this light, a little different each time. */
  Color tone(Hue hue) {
    return tone(hue.rgb());
  }

  /** 0xRRGGBB as it looks in this light, a little different each time. */
  Color tone(int rgb) {
    double bright = dice.between(0.93, 1.07);
    Color varied =
        new Color(
            Light.clamp((rgb >> 16 & 255) * bright + dice.between(-6, 6)),
            Light.clamp((rgb >> 8 & 255) * bright + dice.between(-6, 6)),
            Light.clamp((rgb & 255) * bright + dice.between(-6, 6)));
    return light.on(varied);
  }

  /** {@code colour} made lighter (positive) or darker (negative), from -1 to 1. */
  static Color shade(Color colour, double amount) {
    double target = amount > 0 ? 255 : 0;
    double share = Math.abs(amount);
    return new Color(
        Light.clamp(colour.getRed() * (1 - share) + target * share),
        Light.clamp(colour.getGreen() * (1 - share) + target * share),
        Light.clamp(colour.getBlue() * (1 - share) + target * share),
        colour.getAlpha());
  }

  static Color alpha(Color colour, int alpha) {
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
  }

  void fill(Shape shape, Color colour) {
    graphics.setPaint(colour);
    graphics.fill(shape);
  }

  /** Fills from {@code top} at the shape's upper end to {@code bottom} at its lower end. */
  void fade(Shape shape, Color top, Color bottom) {
    Rectangle2D bounds = shape.getBounds2D();
    graphics.setPaint(
        new GradientPaint(
            0, (float) bounds.getMinY(), top, 0, (float) bounds.getMaxY() + 0.01f, bottom));
    graphics.fill(shape);
  }

  /** Fills as if lit from above. */
  void solid(Shape shape, Color colour) {
    fade(shape, shade(colour, 0.14), shade(colour, -0.16));
  }

  /** Fills as if round and lit from the left. */
  void turned(Shape shape, Color colour) {
    Rectangle2D bounds = shape.getBounds2D();
    graphics.setPaint(
        new GradientPaint(
            (float) bounds.getMinX(),
            0,
            shade(colour, 0.16),
            (float) bounds.getMaxX() + 0.01f,
            0,
            shade(colour, -0.26)));
    graphics.fill(shape);
  }

  void outline(Shape shape, double width, Color colour) {
    graphics.setPaint(colour);
    graphics.setStroke(
        new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.draw(shape);
  }

  void line(double x1, double y1, double x2, double y2, double width, Color colour) {
    outline(new Line2D.Double(x1, y1, x2, y2), width, colour);
  }

  /** A rounded bar that tapers from {@code width1} to {@code width2}. */
  void limb(double x1, double y1, double x2, double y2, double width1, double width2, Color c) {
    double length = Math.max(1e-6, Math.hypot(x2 - x1, y2 - y1));
    double nx = -(y2 - y1) / length / 2;
    double ny = (x2 - x1) / length / 2;
    fill(
        Shapes.poly(
            x1 + nx * width1,
            y1 + ny * width1,
            x2 + nx * width2,
            y2 + ny * width2,
            x2 - nx * width2,
            y2 - ny * width2,
            x1 - nx * width1,
            y1 - ny * width1),
        c);
    fill(Shapes.circle(x1, y1, width1 / 2), c);
    fill(Shapes.circle(x2, y2, width2 / 2), c);
  }

  /** Runs {@code drawing} with the paper moved by (x, y), turned by degrees and scaled. */
  void at(double x, double y, double degrees, double scale, Runnable drawing) {
    AffineTransform before = graphics.getTransform();
    graphics.translate(x, y);
    graphics.rotate(Math.toRadians(degrees));
    graphics.scale(scale, scale);
    drawing.run();
    graphics.setTransform(before);
  }
}
