package io.lorgnette.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A score over one thing that was changed, with intervals, as an SVG file that needs nothing beside
 * it, or in a page.
 *
 * @param title for people
 * @param across what goes to the right
 * @param up what goes up, in percent
 * @param logarithmic whether the axis to the right is
 * @param points at least one
 */
public record SweepChart(
    String title, String across, String up, boolean logarithmic, List<Point> points) {

  private static final int WIDTH = 560;
  private static final int HEIGHT = 340;
  private static final int LEFT = 64;
  private static final int RIGHT = 28;
  private static final int TOP = 44;
  private static final int BOTTOM = 62;
  private static final double MARGIN = 0.05;
  private static final String STYLE =
      "text{font:13px system-ui,sans-serif;fill:#1c2126}.title{font-weight:600;font-size:15px}"
          + ".grid{stroke:#e2dfd8}.curve{fill:none;stroke:#1c5fa6;stroke-width:2}"
          + ".interval{stroke:#1c5fa6}circle{fill:#1c5fa6}.paper{fill:#fff}";

  /**
   * A point.
   *
   * @param at how far to the right, positive
   * @param value a fraction
   * @param low lower end of its interval
   * @param high upper end
   */
  public record Point(double at, double value, double low, double high) {}

  public SweepChart {
    points = points.stream().sorted(Comparator.comparingDouble(Point::at)).toList();
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a chart needs a point");
    }
  }

  /** The file. */
  public String svg() {
    Html svg = new Html();
    open(svg, "xmlns", "http://www.w3.org/2000/svg");
    svg.open("style").trusted(STYLE).close();
    svg.open("rect", "class", "paper", "width", "" + WIDTH, "height", "" + HEIGHT).close();
    svg.leaf("text", title, "class", "title", "x", "" + LEFT, "y", "24");
    draw(svg);
    return svg.close().line().finish();
  }

  /** Appends the chart to a page, whose style it takes and whose caption names it. */
  public void append(Html html) {
    open(html);
    draw(html);
    html.close();
  }

  private void open(Html svg, String... attributes) {
    List<String> all = new ArrayList<>(List.of(attributes));
    all.addAll(List.of("viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img"));
    svg.open("svg", all.toArray(String[]::new));
    svg.leaf("title", title).leaf("desc", description());
  }

  private void draw(Html svg) {
    Scale scale = scale();
    for (double tick : scale.ticks()) {
      String y = at(y(scale, tick / 100));
      svg.open(
              "line",
              "class",
              "grid",
              "x1",
              "" + LEFT,
              "y1",
              y,
              "x2",
              "" + (WIDTH - RIGHT),
              "y2",
              y)
          .close();
      svg.leaf(
          "text",
          Scale.label(tick, scale.step()),
          "x",
          "" + (LEFT - 8),
          "y",
          y,
          "text-anchor",
          "end",
          "dy",
          "0.35em");
    }
    svg.open(
            "polyline",
            "class",
            "curve",
            "points",
            points.stream()
                .map(p -> at(x(p)) + "," + at(y(scale, p.value())))
                .collect(Collectors.joining(" ")))
        .close();
    points.forEach(point -> draw(svg, scale, point));
    svg.leaf(
        "text",
        across,
        "x",
        at((LEFT + WIDTH - RIGHT) / 2.0),
        "y",
        "" + (HEIGHT - 12),
        "text-anchor",
        "middle");
    svg.leaf(
        "text",
        up,
        "transform",
        "translate(16 " + (TOP + HEIGHT - BOTTOM) / 2 + ") rotate(-90)",
        "text-anchor",
        "middle");
  }

  private void draw(Html svg, Scale scale, Point point) {
    String x = at(x(point));
    svg.open(
            "line",
            "class",
            "interval",
            "x1",
            x,
            "y1",
            at(y(scale, point.low())),
            "x2",
            x,
            "y2",
            at(y(scale, point.high())))
        .close();
    svg.open("circle", "cx", x, "cy", at(y(scale, point.value())), "r", "4").close();
    svg.leaf(
        "text",
        number(point.at()),
        "x",
        x,
        "y",
        "" + (HEIGHT - BOTTOM + 20),
        "text-anchor",
        "middle");
  }

  private String description() {
    return points.stream()
        .map(
            p ->
                number(p.at())
                    + ": "
                    + Numbers.percent(p.value())
                    + " "
                    + Numbers.interval(p.low(), p.high()))
        .collect(Collectors.joining("; "));
  }

  private Scale scale() {
    double low = 100 * points.stream().mapToDouble(Point::low).min().orElseThrow();
    double high = 100 * points.stream().mapToDouble(Point::high).max().orElseThrow();
    return Scale.of(low, high > low ? high : low + 1);
  }

  private double x(Point point) {
    double first = position(points.get(0).at());
    double last = position(points.get(points.size() - 1).at());
    double share = last > first ? (position(point.at()) - first) / (last - first) : 0.5;
    return LEFT + (MARGIN + (1 - 2 * MARGIN) * share) * (WIDTH - LEFT - RIGHT);
  }

  private double position(double value) {
    return logarithmic ? Math.log(value) : value;
  }

  private static double y(Scale scale, double fraction) {
    return TOP + (1 - scale.share(100 * fraction)) * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Numbers.whole(Math.round(value)) : Numbers.fixed(value, 1);
  }

  private static String at(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
