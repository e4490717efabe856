package io.lorgnette.serve;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A question on its way through the engine: the request's thread waits for what the engine's tells.
 */
final class Job {

  private final Question question;
  private final String client;
  private final long arrived = System.nanoTime();
  private final long deadline;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile boolean cancelled;
  private volatile boolean ended;

  /**
   * @param client whose turn it is to wait
   * @param deadlineNanos from now on
   */
  Job(Question question, String client, long deadlineNanos) {
    this.question = question;
    this.client = client;
    this.deadline = arrived + deadlineNanos;
  }

  Question question() {
    return question;
  }

  String client() {
    return client;
  }

  /** When it came, as {@link System#nanoTime} counts. */
  long arrived() {
    return arrived;
  }

  boolean overdue() {
    return System.nanoTime() - deadline >= 0;
  }

  /** Nobody waits for it any more. Callable from any thread. */
  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  /** Whether nobody waits for it any more, or it is too late, which is then told. */
  boolean lapsed() {
    if (cancelled) {
      return true;
    }
    if (!overdue()) {
      return false;
    }
    tell(
        new Event.Failed(
            ApiException.deadline(
                "the request took longer than this server allows; ask for less")));
    return true;
  }

  /** Whether nothing more is told of it. */
  boolean ended() {
    return ended;
  }

  void tell(Event event) {
    ended |= event instanceof Event.Done || event instanceof Event.Failed;
    events.add(event);
  }

  /** The next event, or null if none comes in this time. */
  Event await(long milliseconds) throws InterruptedException {
    return events.poll(milliseconds, TimeUnit.MILLISECONDS);
  }
}
