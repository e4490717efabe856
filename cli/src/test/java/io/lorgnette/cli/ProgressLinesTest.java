package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {

  private static final long SECOND = 1_000_000_000L;

  private final StringWriter text = new StringWriter();
  private long now;

  @Test
  void writesALineNowAndThenWithRateAndRemainingTime() {
    ProgressLines lines =
        new ProgressLines(new PrintWriter(text, true), "training", "steps", 1000, () -> now);
    for (int step = 1; step <= 100; step++) {
      now += SECOND / 10;
      lines.at(step, "loss 2.0");
    }
    // One after 5 s; the next comes 10 s later.
    assertThat(text.toString())
        .isEqualTo("training: 50 of 1000 steps, 9.80 steps/s, 1 min 37 s left, loss 2.0\n");
  }

  @Test
  void aResumedTaskIsNotFasterForWhatWasDoneBefore() {
    ProgressLines lines =
        new ProgressLines(new PrintWriter(text, true), "training", "steps", 1000, () -> now);
    lines.at(900, "");
    now += 10 * SECOND;
    lines.at(910, "");
    assertThat(text.toString())
        .isEqualTo("training: 910 of 1000 steps, 1.00 steps/s, 1 min 30 s left\n");
  }

  @Test
  void durationsAreShort() {
    assertThat(Duration.text(3.4)).isEqualTo("3 s");
    assertThat(Duration.text(200)).isEqualTo("3 min 20 s");
    assertThat(Duration.text(7500)).isEqualTo("2 h 05 min");
  }
}
