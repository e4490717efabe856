package io.lorgnette.generate;

import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Answers that are being written, see {@link Generator#begin}. Owns native memory; belongs to one
 * thread at a time.
 */
public final class Running implements AutoCloseable {

  /**
   * Prompts that run as one batch.
   *
   * @param prompts their numbers among all
   */
  record Group(List<Integer> prompts, DecodingBatch batch, Decoding decoding) {}

  private final List<Group> groups;
  private final List<Group> open;

  /** Takes over the batches of the groups. */
  Running(List<Group> groups) {
    this.groups = groups;
    this.open = new ArrayList<>(groups);
  }

  /** Lets every answer grow by a token; false if all had ended. */
  public boolean step() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      open.removeIf(group -> !group.decoding().step());
      return !open.isEmpty();
    }
  }

  /** The answers to each prompt, best first, once {@link #step} has said false. */
  public List<List<Generation>> results() {
    int count = groups.stream().mapToInt(group -> group.prompts().size()).sum();
    List<List<Generation>> all = new ArrayList<>(Collections.nCopies(count, null));
    for (Group group : groups) {
      List<List<Generation>> some = group.decoding().results();
      for (int i = 0; i < some.size(); i++) {
        all.set(group.prompts().get(i), some.get(i));
      }
    }
    return all;
  }

  List<List<Generation>> toTheEnd() {
    boolean more = true;
    while (more) {
      more = step();
    }
    return results();
  }

  @Override
  public void close() {
    groups.forEach(group -> group.batch().close());
  }
}
