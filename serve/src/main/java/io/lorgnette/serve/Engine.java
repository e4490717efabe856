package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.Method;
import io.lorgnette.method.PrefixMethod;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers questions: one thread owns the models, takes jobs whose turn it is, and between two steps
 * of the answers that are being written lets new ones join (continuous batching). Safe for use by
 * several threads.
 */
final class Engine implements AutoCloseable {

  private static final int JOBS_AT_ONCE = 16;
  private static final long IDLE_MILLIS = 50;

  private final Limits limits;
  private final Numerics numerics; // or null to leave the machine as it is set
  private final FairQueue queue;
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Answering answering;
  private final Thread thread;
  private final Object lock = new Object();
  private boolean accepting = true; // guarded by lock
  private boolean halted; // guarded by lock
  private volatile int running;
  private volatile long held;
  private volatile boolean alive = true;

  /** Starts the thread. */
  Engine(
      List<ServedModel> models,
      Optional<ServedSpace> space,
      Limits limits,
      Metrics metrics,
      Numerics numerics) {
    this.limits = limits;
    this.numerics = numerics;
    this.queue = new FairQueue(limits.queue(), limits.queuePerClient());
    for (ServedModel model : models) {
      lanes.put(model.id(), new Lane(model, limits, metrics));
    }
    this.answering = new Answering(lanes, space, metrics);
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
      queue.add(job);
      lock.notifyAll();
    }
  }

  /** Whether a model has seen an image and needs no pixels of it. */
  boolean knows(ServedModel model, FeatureKey key) {
    return lanes.get(model.id()).knows(key);
  }

  /** Whether answers of a model are joined, and so may be several and tell log-probabilities. */
  static boolean joins(ServedModel model) {
    Method method = model.model().method();
    return method instanceof PrefixMethod && method.backbones().lm() instanceof LanguageModel;
  }

  /** Jobs that wait. */
  int waiting() {
    synchronized (lock) {
      return queue.size();
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
    if (numerics != null) {
      numerics.apply();
    }
    try (Scope scope = Scope.open()) {
      lanes.values().forEach(Lane::start);
      for (List<Job> jobs = next(); jobs != null; jobs = next()) {
        answering.admit(jobs);
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
      answering.close();
      lanes.values().forEach(Lane::close);
      running = 0;
      held = 0;
    }
  }

  /** The jobs whose turn it is, perhaps none while others are answered; null to end. */
  private List<Job> next() {
    synchronized (lock) {
      while (!halted && queue.size() == 0 && answering.rows() == 0) {
        if (!accepting) {
          return null;
        }
        try {
          lock.wait(IDLE_MILLIS);
        } catch (InterruptedException e) {
          halted = true;
        }
      }
      if (halted) {
        return null;
      }
      for (Job stale : queue.takeStale()) {
        if (!stale.cancelled()) {
          stale.tell(new Event.Failed(Answering.overdue()));
        }
      }
      List<Job> jobs = new ArrayList<>();
      int rows = answering.rows();
      while (jobs.size() < JOBS_AT_ONCE && queue.size() > 0) {
        int more = queue.peek().question().rows();
        // Whoever wants more than there is room for comes when nobody else is there.
        if (rows > 0 && rows + more > limits.rows()) {
          break;
        }
        rows += more;
        jobs.add(queue.take());
      }
      return jobs;
    }
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
