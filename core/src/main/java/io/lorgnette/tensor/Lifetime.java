package io.lorgnette.tensor;

import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets calls in until it ends, and ends when the last of them has left: so native memory that many
 * threads use is freed once, and never under one of them. Safe for use by several threads.
 *
 * <pre>{@code
 * try (Lifetime.Visit visit = lifetime.enter()) {
 *   ...
 * }
 * }</pre>
 */
public final class Lifetime {

  /** A call that is inside; to be closed by the thread that entered. */
  @FunctionalInterface
  public interface Visit extends AutoCloseable {
    @Override
    void close();
  }

  private final String what;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean over;

  /**
   * Begins.
   *
   * @param what for messages: "this model"
   */
  public Lifetime(String what) {
    this.what = what;
  }

  /**
   * Enters.
   *
   * @throws IllegalStateException if it is over
   */
  public Visit enter() {
    check();
    lock.readLock().lock();
    if (over) {
      lock.readLock().unlock();
      check();
    }
    return lock.readLock()::unlock;
  }

  /** Whether calls are let in. */
  public boolean isOpen() {
    return !over;
  }

  private void check() {
    if (over) {
      throw new IllegalStateException(
          what + " is closed; use it before it is closed, or load another");
    }
  }

  /**
   * Lets nobody in any more, waits until the last call has left, and frees what was used. Does
   * nothing the second time.
   *
   * @throws IllegalStateException if this thread is inside a call, which would wait for itself
   */
  public void end(Runnable free) {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException(
          what + " can not be closed from inside one of its own calls; close it behind them");
    }
    lock.writeLock().lock();
    try {
      if (!over) {
        over = true;
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
