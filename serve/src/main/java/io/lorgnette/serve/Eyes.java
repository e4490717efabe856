package io.lorgnette.serve;

import io.lorgnette.tensor.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Looks at the pictures of questions on a thread of its own, while the engine's writes answers to
 * others. Nothing waits for company: whatever has come while the last pictures were looked at is
 * looked at together. Safe for use by several threads.
 */
final class Eyes implements AutoCloseable {

  /** A question whose pictures have been seen; whoever takes it closes what was seen. */
  record Ready(Job job, Seen seen) {}

  private final Map<String, Lane> lanes;
  private final Cores cores;
  private final Runnable told;
  private final Thread thread;
  private final Object lock = new Object();
  private final Deque<Job> waiting = new ArrayDeque<>(); // guarded by lock
  private final Deque<Ready> ready = new ArrayDeque<>(); // guarded by lock
  private int looking; // jobs; guarded by lock
  private boolean closed; // guarded by lock

  /**
   * Starts the thread.
   *
   * @param lanes by the models' names; they stay the engine's to close
   * @param told when a question is ready or has failed, on the thread that sees
   */
  Eyes(Map<String, Lane> lanes, Cores cores, Runnable told) {
    this.lanes = lanes;
    this.cores = cores;
    this.told = told;
    this.thread = new Thread(this::run, "lorgnette-eyes");
    thread.setDaemon(true);
    thread.start();
  }

  /** Lets a question with pictures wait to be seen. */
  void look(Job job) {
    synchronized (lock) {
      waiting.add(job);
      lock.notifyAll();
    }
  }

  /** Questions that wait, are looked at, or are ready. */
  int size() {
    synchronized (lock) {
      return waiting.size() + looking + ready.size();
    }
  }

  /** The question that has been ready for the longest time, and stays so; null if there is none. */
  Job peek() {
    synchronized (lock) {
      return ready.isEmpty() ? null : ready.peek().job();
    }
  }

  /** Takes that question. */
  Ready take() {
    synchronized (lock) {
      return ready.remove();
    }
  }

  private void run() {
    cores.enter();
    try (Scope scope = Scope.open()) {
      for (List<Job> jobs = next(); jobs != null; jobs = next()) {
        look(jobs);
      }
    }
  }

  /** Questions to the same model, together with few enough pictures; null to end. */
  private List<Job> next() {
    synchronized (lock) {
      while (!closed && waiting.isEmpty()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          closed = true;
        }
      }
      if (closed) {
        return null;
      }
      List<Job> jobs = new ArrayList<>(List.of(waiting.remove()));
      int pictures = seeing(jobs.get(0)).pictures().size();
      for (Iterator<Job> others = waiting.iterator(); others.hasNext(); ) {
        Job other = others.next();
        int more = seeing(other).pictures().size();
        if (lane(other) == lane(jobs.get(0)) && pictures + more <= Lane.IMAGES_AT_ONCE) {
          pictures += more;
          jobs.add(other);
          others.remove();
        }
      }
      looking = jobs.size();
      return jobs;
    }
  }

  private static Question.Seeing seeing(Job job) {
    return (Question.Seeing) job.question();
  }

  private Lane lane(Job job) {
    return lanes.get(seeing(job).model().id());
  }

  private void look(List<Job> jobs) {
    List<Ready> done = new ArrayList<>();
    cores.see(true);
    try {
      List<Job> wanted = jobs.stream().filter(job -> !job.lapsed()).toList();
      if (!wanted.isEmpty()) {
        List<Seen> seen =
            lane(jobs.get(0)).look(wanted.stream().map(job -> seeing(job).pictures()).toList());
        for (int i = 0; i < seen.size(); i++) {
          done.add(new Ready(wanted.get(i), seen.get(i)));
        }
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      jobs.forEach(job -> job.tell(new Event.Failed(Engine.failure(e))));
    } finally {
      cores.see(false);
    }
    synchronized (lock) {
      looking = 0;
      ready.addAll(done);
    }
    told.run();
  }

  /**
   * Waits for what is being looked at, and tells all who have not been answered that none comes.
   */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    synchronized (lock) {
      waiting.forEach(job -> job.tell(new Event.Failed(ApiException.stopping())));
      ready.forEach(
          some -> {
            some.seen().close();
            some.job().tell(new Event.Failed(ApiException.stopping()));
          });
      waiting.clear();
      ready.clear();
    }
  }
}
