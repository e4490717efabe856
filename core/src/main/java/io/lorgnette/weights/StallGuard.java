package io.lorgnette.weights;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that brings nothing for too long, so that a read from it fails. */
final class StallGuard implements AutoCloseable {

  private final Thread watcher;
  private volatile long last = System.nanoTime();
  private volatile boolean stalled;

  StallGuard(InputStream stream, Duration longest) {
    watcher = new Thread(() -> watch(stream, longest.toNanos()), "hub-stall-guard");
    watcher.setDaemon(true);
    watcher.start();
  }

  private void watch(InputStream stream, long longest) {
    try {
      long left = longest;
      while (left > 0) {
        Thread.sleep(Math.max(1, left / 1_000_000));
        left = last + longest - System.nanoTime();
      }
      stalled = true;
      stream.close();
    } catch (InterruptedException e) {
      // The stream has come to its end.
    } catch (IOException e) {
      // A stream that can not even be closed will not be read any more either.
    }
  }

  /** Something came. */
  void moved() {
    last = System.nanoTime();
  }

  boolean stalled() {
    return stalled;
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
