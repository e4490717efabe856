package io.lorgnette.report;

import java.util.Locale;
import java.util.Map;

/** A small picture of one metric's scores: a dot for the value, a line for the interval. */
final class Whiskers {

  private static final int WIDTH = 170;
  private static final int ROW = 14;

  private Whiskers() {}

  /** Appends the picture; the numbers stand beside it, so it is hidden from screen readers. */
  static void append(Html html, Map<Integer, Score> scores, double largest) {
    int height = ROW * scores.size();
    html.open(
        "svg",
        "class",
        "whiskers",
        "viewBox",
        "0 0 " + WIDTH + " " + height,
        "width",
        "" + WIDTH,
        "height",
        "" + height,
        "aria-hidden",
        "true");
    int row = 0;
    for (Map.Entry<Integer, Score> entry : scores.entrySet()) {
      String y = "" + (ROW * row + ROW / 2);
      row++;
      Score score = entry.getValue();
      html.open("g", "class", "s" + entry.getKey() % 4);
      line(html, "track", 0, largest, largest, y);
      if (score.hasInterval()) {
        line(html, "interval", score.low(), score.high(), largest, y);
      }
      html.open("circle", "cx", x(score.value(), largest), "cy", y, "r", "3.6").close();
      html.close();
    }
    html.close();
  }

  private static void line(
      Html html, String name, double from, double to, double largest, String y) {
    String x1 = x(from, largest);
    html.open("line", "class", name, "x1", x1, "y1", y, "x2", x(to, largest), "y2", y).close();
  }

  private static String x(double value, double largest) {
    double share = largest > 0 ? value / largest : 0;
    return String.format(Locale.ROOT, "%.1f", 5 + share * (WIDTH - 10));
  }
}
