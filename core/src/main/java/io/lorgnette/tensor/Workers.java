package io.lorgnette.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that work side by side, each with one native thread: small models gain more from it than
 * from dividing every operation among the cores. While there are several, the process has one
 * native thread for an operation. Belongs to one thread.
 */
public final class Workers implements AutoCloseable {

  private final int count;
  private final int nativeThreads;
  private final ExecutorService threads; // null for one worker: the caller

  /** So many workers; one is the calling thread, with the native threads that it has. */
  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("there must be at least 1 worker but there are " + count);
    }
    this.count = count;
    this.nativeThreads = Engine.threads();
    this.threads = count == 1 ? null : Executors.newFixedThreadPool(count, Workers::thread);
    if (count > 1) {
      Engine.threads(1);
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "lorgnette-worker");
    thread.setDaemon(true);
    return thread;
  }

  public int count() {
    return count;
  }

  /**
   * Does all of the work and waits for it.
   *
   * @return results in the order of the work
   * @throws RuntimeException the first failure, when all of the work has ended
   */
  public <T> List<T> all(List<? extends Callable<T>> work) {
    List<T> results = new ArrayList<>();
    try {
      if (threads == null) {
        for (Callable<T> one : work) {
          results.add(one.call());
        }
      } else {
        for (Future<T> one : threads.invokeAll(work)) {
          results.add(one.get());
        }
      }
      return results;
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for workers", e);
    } catch (Exception e) {
      throw unchecked(e);
    }
  }

  private static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
  }

  @Override
  public void close() {
    if (threads != null) {
      threads.shutdownNow();
      Engine.threads(nativeThreads);
    }
  }
}
