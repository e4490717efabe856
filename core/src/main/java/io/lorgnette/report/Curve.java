package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The losses of a run over its steps.
 *
 * @param training means over {@code window} steps each
 * @param validation the deciding loss of every evaluation during training
 */
record Curve(ReportedRun run, List<Point> training, long window, List<Point> validation) {

  /** More points than this can not be told apart in the chart. */
  private static final int POINTS = 160;

  /**
   * A place in the chart.
   *
   * @param loss nats per token
   */
  record Point(double step, double loss) {}

  static Curve of(ReportedRun run) {
    List<Point> losses = new ArrayList<>();
    List<Point> validation = new ArrayList<>();
    for (JsonNode line : run.steps()) {
      double step = line.path("step").asDouble();
      JsonNode loss = line.path("loss");
      if (loss.isNumber()) {
        losses.add(new Point(step, loss.asDouble()));
      }
      if (line.path("evaluation").elements().hasNext()) {
        // The first value decides which weights are kept.
        validation.add(new Point(step, line.path("evaluation").elements().next().asDouble()));
      }
    }
    int window = Math.max(1, (losses.size() + POINTS - 1) / POINTS);
    return new Curve(run, means(losses, window), window, validation);
  }

  private static List<Point> means(List<Point> points, int window) {
    List<Point> means = new ArrayList<>();
    for (int from = 0; from < points.size(); from += window) {
      List<Point> part = points.subList(from, Math.min(points.size(), from + window));
      means.add(
          new Point(
              part.stream().mapToDouble(Point::step).average().orElseThrow(),
              part.stream().mapToDouble(Point::loss).average().orElseThrow()));
    }
    return means;
  }

  boolean isEmpty() {
    return training.isEmpty() && validation.isEmpty();
  }
}
