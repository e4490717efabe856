package io.lorgnette.pocket.postcards.paint;

import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Sky;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/** The name of a pixel's colour: that of the nearest {@link Hue} in the light of the scene. */
final class NamedColour {

  private final List<Hue> names = new ArrayList<>();
  private final List<double[]> colours = new ArrayList<>();

  NamedColour(Sky sky) {
    for (Hue hue : Hue.values()) {
      Color colour = Light.of(sky).on(new Color(hue.rgb()));
      for (double shade : new double[] {-0.25, -0.1, 0, 0.12}) {
        names.add(hue);
        colours.add(lab(Brush.shade(colour, shade).getRGB()));
      }
    }
  }

  Hue of(int rgb) {
    double[] lab = lab(rgb);
    int best = 0;
    for (int i = 1; i < names.size(); i++) {
      if (distance(lab, colours.get(i)) < distance(lab, colours.get(best))) {
        best = i;
      }
    }
    return names.get(best);
  }

  static double distance(double[] a, double[] b) {
    return Math.sqrt(
        (a[0] - b[0]) * (a[0] - b[0])
            + (a[1] - b[1]) * (a[1] - b[1])
            + (a[2] - b[2]) * (a[2] - b[2]));
  }

  /** CIE L*a*b* of an sRGB colour, D65. */
  static double[] lab(int rgb) {
    double r = linear(rgb >> 16 & 255);
    double g = linear(rgb >> 8 & 255);
    double b = linear(rgb & 255);
    double x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
    double y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
    double z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
    return new double[] {116 * y - 16, 500 * (x - y), 200 * (y - z)};
  }

  private static double linear(int channel) {
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
  }

  private static double root(double t) {
    return t > 216.0 / 24389 ? Math.cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  }
}
