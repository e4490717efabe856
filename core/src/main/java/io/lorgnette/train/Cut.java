package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import java.util.List;

/**
 * How a micro-batch is cut: into parts for the threads of all processes, of which some are this
 * process'. As many parts in all make the same losses and gradients, however they are spread.
 *
 * @param all parts, at most: a small batch may have fewer
 * @param first of this process
 * @param own of this process, at most
 */
public record Cut(int all, int first, int own) {

  /** For one process. */
  static Cut alone(int parts) {
    return new Cut(parts, 0, parts);
  }

  /** For a process of a group, all of which have as many threads. */
  static Cut of(ProcessGroup group, int parts) {
    return new Cut(group.size() * parts, group.rank() * parts, parts);
  }

  /** This process' of all parts; empty where there are fewer parts than that. */
  <T> List<T> own(List<T> parts) {
    return parts.subList(Math.min(first, parts.size()), Math.min(first + own, parts.size()));
  }
}
