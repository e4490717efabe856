package io.lorgnette.report;

import io.lorgnette.report.Curve.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The loss curves of all runs in one chart, drawn as SVG. */
final class CurveChart {

  private static final int WIDTH = 760;
  private static final int HEIGHT = 400;
  private static final int LEFT = 70;
  private static final int RIGHT = 22;
  private static final int TOP = 14;
  private static final int BOTTOM = 58;

  /** The share of the steps, at the start, that does not decide how high the chart is. */
  private static final double STEEP_START = 0.03;

  private final List<Curve> curves;
  private final Scale steps;
  private final Scale losses;

  private CurveChart(List<Curve> curves) {
    this.curves = curves;
    double last = all().mapToDouble(Point::step).max().orElse(1);
    this.steps = Scale.of(0, Math.max(1, last));
    double low = all().mapToDouble(Point::loss).min().orElse(0);
    double high =
        all()
            .filter(point -> point.step() >= STEEP_START * last)
            .mapToDouble(Point::loss)
            .max()
            .orElse(1);
    this.losses = Scale.of(low, high > low ? high : low + 1);
  }

  /** Appends the section, or says that no step was recorded. */
  static void append(Html html, List<ReportedRun> runs) {
    List<Curve> curves = runs.stream().map(Curve::of).filter(curve -> !curve.isEmpty()).toList();
    html.open("section", "id", "loss").leaf("h2", "Loss");
    if (curves.isEmpty()) {
      html.leaf("p", "No step has been recorded yet.", "class", "note");
    } else {
      new CurveChart(curves).append(html);
    }
    html.close().line();
  }

  private Stream<Point> all() {
    return curves.stream()
        .flatMap(c -> Stream.concat(c.training().stream(), c.validation().stream()));
  }

  private void append(Html html) {
    html.open("figure", "class", "chart");
    legend(html);
    html.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "role",
        "img",
        "aria-labelledby",
        "loss-title loss-description");
    html.leaf("title", "Loss over training steps", "id", "loss-title");
    html.leaf("desc", description(), "id", "loss-description");
    axes(html);
    // A nested svg cuts off what is above the chart.
    String seen = "" + (width() + RIGHT / 2);
    html.open("svg", "x", "" + LEFT, "y", "" + TOP, "width", seen, "height", "" + height());
    curves.forEach(curve -> draw(html, curve));
    html.close().close();
    html.leaf("figcaption", caption());
    html.close();
  }

  private void legend(Html html) {
    html.open("ul", "class", "legend");
    for (Curve curve : curves) {
      String color = "s" + curve.run().number() % 4;
      html.open("li", "class", color).leaf("i", "", "class", "line");
      html.text(curve.run().label() + ", training").close();
      if (!curve.validation().isEmpty()) {
        html.open("li", "class", color).leaf("i", "", "class", "dot");
        html.text(curve.run().label() + ", validation").close();
      }
    }
    html.close();
  }

  private String caption() {
    long window = curves.stream().mapToLong(Curve::window).max().orElse(1);
    boolean cut = all().anyMatch(point -> point.loss() > losses.high());
    return "Mean negative log-likelihood of a token of the text, in nats; lower is better."
        + (window > 1 ? " Training: means over " + window + " steps." : "")
        + (cut ? " The first steps lie above the chart." : "");
  }

  private String description() {
    return curves.stream().map(CurveChart::describe).collect(Collectors.joining(" "));
  }

  private static String describe(Curve curve) {
    StringBuilder text = new StringBuilder(curve.run().label()).append(": ");
    List<Point> training = curve.training();
    if (!training.isEmpty()) {
      text.append("the training loss goes from ")
          .append(Numbers.fixed(training.get(0).loss(), 2))
          .append(" to ")
          .append(Numbers.fixed(training.get(training.size() - 1).loss(), 2));
    }
    if (!curve.validation().isEmpty()) {
      double best = curve.validation().stream().mapToDouble(Point::loss).min().orElseThrow();
      text.append(training.isEmpty() ? "" : ", ")
          .append("the lowest validation loss is ")
          .append(Numbers.fixed(best, 3));
    }
    return text.append(" nats per token.").toString();
  }

  private void axes(Html html) {
    int bottom = TOP + height();
    for (double tick : losses.ticks()) {
      String y = at(TOP + y(tick));
      line(html, LEFT, y, LEFT + width(), y);
      label(html, Scale.label(tick, losses.step()), LEFT - 10, y, "end", "0.35em");
    }
    for (double tick : steps.ticks()) {
      label(html, Numbers.whole(Math.round(tick)), LEFT + x(tick), "" + bottom, "middle", "1.4em");
    }
    label(html, "step", LEFT + width() / 2.0, "" + (HEIGHT - 6), "middle", "0");
    html.leaf(
        "text",
        "loss in nats per token",
        "transform",
        "translate(17 " + (TOP + height() / 2) + ") rotate(-90)",
        "text-anchor",
        "middle");
  }

  private static void line(Html html, double x1, String y1, double x2, String y2) {
    html.open("line", "class", "grid", "x1", at(x1), "y1", y1, "x2", at(x2), "y2", y2).close();
  }

  private static void label(
      Html html, String text, double x, String y, String anchor, String shift) {
    html.leaf("text", text, "x", at(x), "y", y, "text-anchor", anchor, "dy", shift);
  }

  private void draw(Html html, Curve curve) {
    html.open("g", "class", "s" + curve.run().number() % 4);
    polyline(html, "training", curve.training());
    polyline(html, "validation", curve.validation());
    for (Point point : curve.validation()) {
      String x = at(x(point.step()));
      String y = at(y(point.loss()));
      html.open("circle", "cx", x, "cy", y, "r", "4");
      html.leaf(
          "title",
          Numbers.fill(
              "%s, step %s: validation loss %s",
              curve.run().label(),
              Numbers.whole(Math.round(point.step())),
              Numbers.fixed(point.loss(), 3)));
      html.close();
    }
    html.close();
  }

  private void polyline(Html html, String name, List<Point> points) {
    List<String> corners = new ArrayList<>();
    points.forEach(point -> corners.add(at(x(point.step())) + "," + at(y(point.loss()))));
    if (corners.size() > 1) {
      html.open("polyline", "class", name, "points", String.join(" ", corners)).close();
    }
  }

  private double x(double step) {
    return steps.share(step) * width();
  }

  private double y(double loss) {
    return (1 - losses.share(loss)) * height();
  }

  private static int width() {
    return WIDTH - LEFT - RIGHT;
  }

  private static int height() {
    return HEIGHT - TOP - BOTTOM;
  }

  private static String at(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
