package io.lorgnette.published;

import java.util.ArrayDeque;
import java.util.Deque;

/** The parts that were loaded so far: closed together if a later one can not be. */
final class Opened implements AutoCloseable {

  private final Deque<Runnable> closings = new ArrayDeque<>();

  /** Takes charge of a part. */
  <T extends AutoCloseable> T add(T part) {
    closings.push(
        () -> {
          try {
            part.close();
          } catch (Exception e) {
            throw new IllegalStateException("a part can not be closed", e);
          }
        });
    return part;
  }

  /** Hands all parts to the model that they make. */
  void keep() {
    closings.clear();
  }

  @Override
  public void close() {
    closings.forEach(Runnable::run);
  }
}
