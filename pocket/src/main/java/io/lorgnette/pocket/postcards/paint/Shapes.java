package io.lorgnette.pocket.postcards.paint;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.Locale;
import java.util.Scanner;
import java.util.regex.Pattern;

/** Short words for the shapes that painters use. */
final class Shapes {

  private static final Pattern SEPARATOR = Pattern.compile("[\\s,]+");

  private Shapes() {}

  static Shape ellipse(double x, double y, double radiusX, double radiusY) {
    return new Ellipse2D.Double(x - radiusX, y - radiusY, 2 * radiusX, 2 * radiusY);
  }

  static Shape circle(double x, double y, double radius) {
    return ellipse(x, y, radius, radius);
  }

  static Shape rect(double left, double top, double right, double bottom) {
    return new Rectangle2D.Double(left, top, right - left, bottom - top);
  }

  static Shape round(double left, double top, double right, double bottom, double radius) {
    return new RoundRectangle2D.Double(
        left, top, right - left, bottom - top, 2 * radius, 2 * radius);
  }

  /** A closed polygon of x, y pairs. */
  static Shape poly(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    path.closePath();
    return path;
  }

  /**
   * A path in the letters of SVG: {@code M}, {@code L}, {@code Q}, {@code C}, {@code Z}, absolute,
   * letters and numbers set apart by blanks or commas.
   */
  static Shape path(String data) {
    Path2D path = new Path2D.Double();
    try (Scanner scanner = new Scanner(data)) {
      scanner.useDelimiter(SEPARATOR).useLocale(Locale.ROOT);
      while (scanner.hasNext()) {
        String letter = scanner.next();
        switch (letter) {
          case "M" -> path.moveTo(scanner.nextDouble(), scanner.nextDouble());
          case "L" -> path.lineTo(scanner.nextDouble(), scanner.nextDouble());
          case "Q" ->
              path.quadTo(
                  scanner.nextDouble(),
                  scanner.nextDouble(),
                  scanner.nextDouble(),
                  scanner.nextDouble());
          case "C" ->
              path.curveTo(
                  scanner.nextDouble(),
                  scanner.nextDouble(),
                  scanner.nextDouble(),
                  scanner.nextDouble(),
                  scanner.nextDouble(),
                  scanner.nextDouble());
          case "Z" -> path.closePath();
          default -> throw new IllegalArgumentException("no path letter: " + letter);
        }
      }
    }
    return path;
  }
}
