package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.train.TextOrder.Item;
import java.util.List;

/**
 * A process' pairs of a batch whose pairs are each other's wrong examples.
 *
 * @param first of the batch's pairs
 */
record PairShare(int first, List<Item> items) {

  /** The pairs of a process; all have as many. */
  static PairShare of(List<Item> batch, ProcessGroup group) {
    int rows = batch.size() / group.size();
    int first = rows * group.rank();
    return new PairShare(first, batch.subList(first, first + rows));
  }

  /**
   * Checks that all processes can have as many pairs, and at least two.
   *
   * @throws InputException if they can not
   */
  static void check(int batch, ProcessGroup group) {
    if (group.size() > 1 && (batch % group.size() != 0 || batch < 2 * group.size())) {
      throw new InputException(
          "a batch of "
              + batch
              + " pairs can not be divided among "
              + group.size()
              + " processes, each of which has as many and at least 2; change train.batch or the"
              + " number of processes");
    }
  }
}
