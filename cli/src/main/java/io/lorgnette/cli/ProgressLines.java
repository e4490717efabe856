package io.lorgnette.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A plain line now and then: for logs. The pauses grow, so that a long run does not fill them. */
final class ProgressLines implements Progress {

  private static final long FIRST_PAUSE = TimeUnit.SECONDS.toNanos(5);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

  private final PrintWriter err;
  private final String task;
  private final String unit;
  private volatile long total; // 0 where unknown
  private final LongSupplier clock; // nanoseconds
  private final long start;
  private long from = -1;
  private long pause = FIRST_PAUSE;
  private long next;

  ProgressLines(PrintWriter err, String task, String unit, long total) {
    this(err, task, unit, total, System::nanoTime);
  }

  ProgressLines(PrintWriter err, String task, String unit, long total, LongSupplier clock) {
    this.err = err;
    this.task = task;
    this.unit = unit;
    this.total = total;
    this.clock = clock;
    this.start = clock.getAsLong();
    this.next = start + pause;
  }

  @Override
  public void at(long done, String remark) {
    if (from < 0) {
      from = done; // a resumed task starts somewhere
    }
    long now = clock.getAsLong();
    if (now >= next) {
      pause = Math.min(LONGEST_PAUSE, pause * 2);
      next = now + pause;
      say(line(done, (now - start) / 1e9, remark));
    }
  }

  @Override
  public void total(long units) {
    total = units;
  }

  private String line(long done, double seconds, String remark) {
    StringBuilder line = new StringBuilder(task).append(": ").append(done);
    if (total > 0) {
      line.append(" of ").append(total);
    }
    double rate = (done - from) / seconds;
    line.append(String.format(Locale.ROOT, " %s, %.3g %s/s", unit, rate, unit));
    if (total > 0 && rate > 0) {
      line.append(", ").append(Duration.text((total - done) / rate)).append(" left");
    }
    return line + (remark.isEmpty() ? "" : ", " + remark);
  }

  @Override
  public void say(String line) {
    err.println(line);
    err.flush();
  }

  @Override
  public void close() {}
}
