package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers questions: one thread takes jobs whose turn it is and writes their answers, and between
 * two steps lets new ones join (continuous batching); pictures are looked at meanwhile, by {@link
 * Eyes}. Safe for use by several threads.
 */
final class Engine implements AutoCloseable {

  private static final int JOBS_AT_ONCE = 16;

  /** Jobs whose pictures are looked at before there is room for their answers. */
  private static final int AHEAD = 2 * Lane.IMAGES_AT_ONCE;

  private static final long IDLE_MILLIS = 50;

  private final Limits limits;
  private final Cores cores;
  private final FairQueue queue;
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Answering answering;
  private final Eyes eyes;
  private final Thread thread;
  private final Object lock = new Object();
  private boolean accepting = true; // guarded by lock
  private boolean halted; // guarded by lock
  private volatile int running;
  private volatile long held;
  private volatile boolean alive = true;

  /** Starts the threads. */
  Engine(
      List<ServedModel> models,
      Optional<ServedSpace> space,
      Limits limits,
      Metrics metrics,
      Numerics numerics) {
    this.limits = limits;
    this.cores = new Cores(numerics);
    this.queue = new FairQueue(limits.queue(), limits.queuePerClient());
    for (ServedModel model : models) {
      lanes.put(model.id(), new Lane(model, limits, metrics));
    }
    this.answering = new Answering(lanes, space, metrics);
    this.eyes = new Eyes(lanes, cores, this::wake);
    this.thread = new Thread(this::run, "lorgnette-engine");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Lets a job wait for its turn.
   *
   * @throws ApiException if too many wait, or the engine is stopping
   */
  void submit(Job job) {
    synchronized (lock) {
      if (!accepting || !alive) {
        throw ApiException.stopping();
      }
      queue.add(job, eyes.size());
      lock.notifyAll();
    }
  }

  private void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  /** Whether a model has seen an image and needs no pixels of it. */
  boolean knows(ServedModel model, FeatureKey key) {
    return lanes.get(model.id()).knows(key);
  }

  /** Jobs that wait, also for what the eyes see. */
  int waiting() {
    synchronized (lock) {
      return queue.size() + eyes.size();
    }
  }

  /** Answers that are being written. */
  int running() {
    return running;
  }

  /** Bytes of native memory for what was seen and is being said. */
  long held() {
    return held;
  }

  /** Whether its thread works. */
  boolean alive() {
    return alive;
  }

  /** Whether it takes new jobs. */
  boolean accepting() {
    synchronized (lock) {
      return accepting && alive;
    }
  }

  private void run() {
    cores.enter();
    try (Scope scope = Scope.open()) {
      lanes.values().forEach(Lane::start);
      for (List<Eyes.Ready> ready = next(); ready != null; ready = next()) {
        cores.write(true);
        answering.admit(ready);
        running = answering.step();
        held = lanes.values().stream().mapToLong(Lane::bytes).sum();
      }
    } finally {
      alive = false;
      answering.fail(ApiException.stopping());
      synchronized (lock) {
        for (Job job = queue.take(); job != null; job = queue.take()) {
          job.tell(new Event.Failed(ApiException.stopping()));
        }
        lock.notifyAll();
      }
      eyes.close();
      answering.close();
      lanes.values().forEach(Lane::close);
      running = 0;
      held = 0;
    }
  }

  /** The jobs whose turn it is, perhaps none while others are answered; null to end. */
  private List<Eyes.Ready> next() {
    synchronized (lock) {
      while (true) {
        if (halted) {
          return null;
        }
        queue.dropStale();
        List<Eyes.Ready> jobs = take();
        if (!jobs.isEmpty() || answering.rows() > 0) {
          return jobs;
        }
        if (!accepting && queue.size() == 0 && eyes.size() == 0) {
          return null;
        }
        cores.write(false);
        try {
          lock.wait(IDLE_MILLIS);
        } catch (InterruptedException e) {
          halted = true;
        }
      }
    }
  }

  /** The jobs that can be answered now; others are given to the eyes. */
  private List<Eyes.Ready> take() {
    List<Eyes.Ready> jobs = new ArrayList<>();
    int rows = answering.rows();
    // What the eyes have seen was taken from the queue before what waits there.
    for (Job job = eyes.peek(); job != null && fits(job, jobs, rows); job = eyes.peek()) {
      rows += job.question().rows();
      jobs.add(eyes.take());
    }
    for (Job job = queue.peek(); job != null; job = queue.peek()) {
      boolean known = knows(job);
      if (known && !fits(job, jobs, rows)) {
        break;
      }
      Seen seen = known ? seen(job) : null; // null too if it was just dropped
      if (seen != null) {
        rows += job.question().rows();
        jobs.add(new Eyes.Ready(queue.take(), seen));
      } else if (eyes.size() < AHEAD) {
        eyes.look(queue.take());
      } else {
        break;
      }
    }
    return jobs;
  }

  /** Whoever wants more rows than there is room for comes when nobody else is there. */
  private boolean fits(Job job, List<Eyes.Ready> jobs, int rows) {
    return jobs.size() < JOBS_AT_ONCE
        && (rows == 0 || rows + job.question().rows() <= limits.rows());
  }

  private boolean knows(Job job) {
    return !(job.question() instanceof Question.Seeing asked)
        || asked.pictures().stream().allMatch(picture -> knows(asked.model(), picture.key()));
  }

  private Seen seen(Job job) {
    return job.question() instanceof Question.Seeing asked
        ? lanes.get(asked.model().id()).known(asked.pictures())
        : Seen.NOTHING;
  }

  /** Takes no new jobs, gives those that it has some time, and ends. */
  void stop(Duration grace) {
    long end = System.nanoTime() + grace.toNanos();
    synchronized (lock) {
      accepting = false;
      lock.notifyAll();
    }
    try {
      thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      synchronized (lock) {
        halted = true;
        lock.notifyAll();
      }
      // A step is short; the models may be closed only behind it.
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  /** For messages of the engine's thread: what went wrong, without what was asked. */
  static ApiException failure(Throwable failure) {
    if (failure instanceof ApiException known) {
      return known;
    }
    if (failure instanceof InputException wrong) {
      return ApiException.wrong("messages", wrong.getMessage());
    }
    return ApiException.failed(failure);
  }
}
