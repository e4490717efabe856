package io.lorgnette.serve;

import io.lorgnette.generate.Generation;
import io.lorgnette.generate.Running;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Jobs that came together and are answered together, step by step, without others joining. Owns
 * native memory; belongs to the engine's thread.
 *
 * @param jobs in the order of their prompts; a job may have several
 * @param finish gets a prompt's number and its answers, best first
 */
record Window(Running running, List<Job> jobs, BiConsumer<Integer, List<Generation>> finish)
    implements AutoCloseable {

  /** Answers that are being written. */
  int rows() {
    return jobs.stream().distinct().mapToInt(job -> job.question().rows()).sum();
  }

  /** Whether somebody waits for an answer. */
  boolean wanted() {
    return jobs.stream().anyMatch(job -> !job.cancelled() && !job.overdue());
  }

  /** Lets the answers grow; false once all have ended and were told. */
  boolean step() {
    if (running.step()) {
      return true;
    }
    List<List<Generation>> results = running.results();
    for (int i = 0; i < results.size(); i++) {
      finish.accept(i, results.get(i));
    }
    return false;
  }

  @Override
  public void close() {
    running.close();
  }
}
