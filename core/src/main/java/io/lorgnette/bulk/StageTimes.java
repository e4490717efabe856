package io.lorgnette.bulk;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * How long the stages of a run were at work, and not waiting for each other. Safe for the threads
 * of all stages.
 */
public final class StageTimes {

  private final int readers;
  private final LongAdder reading = new LongAdder();
  private final LongAdder seeing = new LongAdder();
  private final LongAdder speaking = new LongAdder();
  private final LongAdder writing = new LongAdder();

  StageTimes(int readers) {
    this.readers = readers;
  }

  /** Seconds of work in each stage. Beyond one thread those of all threads together. */
  public record Seconds(double reading, double seeing, double speaking, double writing) {}

  /** Threads that read, decode and resize photos; each other stage has one. */
  public int readers() {
    return readers;
  }

  /** What was worked until now. */
  public Seconds seconds() {
    return new Seconds(
        reading.sum() / 1e9, seeing.sum() / 1e9, speaking.sum() / 1e9, writing.sum() / 1e9);
  }

  <T> T reading(Supplier<T> work) {
    return timed(reading, work);
  }

  <T> T seeing(Supplier<T> work) {
    return timed(seeing, work);
  }

  <T> T speaking(Supplier<T> work) {
    return timed(speaking, work);
  }

  void writing(Runnable work) {
    timed(
        writing,
        () -> {
          work.run();
          return null;
        });
  }

  private static <T> T timed(LongAdder stage, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      stage.add(System.nanoTime() - start);
    }
  }
}
