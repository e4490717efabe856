package io.lorgnette.cli;

import io.lorgnette.train.TrainingListener;
import java.util.Locale;
import java.util.Map;

/** Shows steps, loss, speed and evaluations of a training. */
final class TrainingProgress implements TrainingListener, AutoCloseable {

  /** Weight of the newest step in the moving means. */
  private static final double NEW = 0.05;

  private final Console console;
  private final String unit;
  private Progress progress = Progress.SILENT;
  private boolean started;
  private double loss;
  private double rate;

  TrainingProgress(Console console, String unit) {
    this.console = console;
    this.unit = unit;
  }

  @Override
  public void step(long step, long steps, double stepLoss, double unitsPerSecond) {
    if (!started) {
      started = true;
      progress = console.progress("training", "steps", steps);
      loss = stepLoss;
      rate = unitsPerSecond;
    }
    loss += NEW * (stepLoss - loss);
    rate += NEW * (unitsPerSecond - rate);
    progress.at(step, String.format(Locale.ROOT, "loss %.3f, %,.0f %s/s", loss, rate, unit));
  }

  @Override
  public void evaluated(long step, Map<String, Double> values) {
    StringBuilder line = new StringBuilder("step " + step + ", held out:");
    values.forEach(
        (name, value) -> line.append(String.format(Locale.ROOT, " %s %.4f", name, value)));
    progress.say(line.toString());
  }

  @Override
  public void close() {
    progress.close();
  }
}
