package io.lorgnette.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Consumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar at the bottom of a terminal: done, total, rate, time remaining. */
final class ProgressBarView implements Progress {

  private static final int PAUSE_MILLIS = 200;

  private final PrintWriter err;
  private final String task;
  private final String unit;
  private volatile long total; // 0 where unknown
  private volatile ProgressBar bar;

  ProgressBarView(PrintWriter err, String task, String unit, long total) {
    this.err = err;
    this.task = task;
    this.unit = unit;
    this.total = total;
  }

  /** A resumed task starts somewhere: what was done before is not counted in its speed. */
  private ProgressBar start(long from) {
    Consumer<String> draw =
        text -> {
          err.print("\r" + text);
          err.flush();
        };
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setUnit(" " + unit, 1)
        .setInitialMax(total > 0 ? total : -1)
        .startsFrom(from, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(PAUSE_MILLIS)
        .setConsumer(new DelegatingProgressBarConsumer(draw, Terminal.width() - 1))
        .showSpeed()
        .build();
  }

  @Override
  public void at(long done, String remark) {
    if (bar == null) {
      bar = start(done);
    }
    bar.setExtraMessage(remark.isEmpty() ? "" : " " + remark);
    bar.stepTo(done);
  }

  @Override
  public void total(long units) {
    total = units;
    ProgressBar shown = bar;
    if (shown != null) {
      shown.maxHint(units);
    }
  }

  @Override
  public void say(String line) {
    err.println("\r" + line + " ".repeat(Math.max(0, Terminal.width() - 1 - line.length())));
    err.flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      err.println();
      err.flush();
    }
  }
}
