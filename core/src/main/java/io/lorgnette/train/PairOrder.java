package io.lorgnette.train;

import io.lorgnette.error.InputException;
import io.lorgnette.train.TextOrder.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which pairs of an image and one of its texts are learned against each other: an
 * epoch shows every image once, with another of its texts each time until all had their turn. No
 * two pairs of a batch have the same image, since each is the other's wrong example; what does not
 * fill an epoch's last batch is left out. A batch depends on seed and number alone, so a resumed
 * run needs no state. Safe for use by several threads.
 */
final class PairOrder {

  private static final int SHUFFLE_IMAGES = 3;
  private static final int SHUFFLE_TEXTS = 4;

  private final int[] counts; // texts of each image
  private final int[] images; // those that have texts
  private final int rows;
  private final long seed;

  private long epoch = -1;
  private int[] order; // images of the epoch

  /**
   * An order over images.
   *
   * @param counts texts of each image; some may have none
   * @param rows pairs of a batch
   * @throws InputException if there are fewer images with texts than a batch needs
   */
  PairOrder(int[] counts, int rows, long seed) {
    this.counts = counts.clone();
    this.rows = rows;
    this.seed = seed;
    int[] all = new int[counts.length];
    int found = 0;
    for (int image = 0; image < counts.length; image++) {
      if (counts[image] > 0) {
        all[found++] = image;
      }
    }
    images = Arrays.copyOf(all, found);
    if (found < rows) {
      throw new InputException(
          "a batch has "
              + rows
              + " different images but only "
              + found
              + " have texts; lower train.batch or choose more data");
    }
  }

  /** Batches of one epoch. */
  long perEpoch() {
    return images.length / rows;
  }

  /** The batch of this number, from 0. */
  List<Item> batch(long number) {
    long of = number / perEpoch();
    int first = Math.toIntExact(number % perEpoch()) * rows;
    List<Item> items = new ArrayList<>(rows);
    int[] shuffled = order(of);
    for (int i = first; i < first + rows; i++) {
      items.add(new Item(shuffled[i], text(shuffled[i], of)));
    }
    return items;
  }

  private synchronized int[] order(long of) {
    if (of != epoch) {
      order = images.clone();
      TextOrder.shuffle(order, TrainingLoop.mix(seed, of, SHUFFLE_IMAGES));
      epoch = of;
    }
    return order;
  }

  /** In every round of as many epochs as it has texts each of them once. */
  private int text(int image, long of) {
    int[] texts = new int[counts[image]];
    Arrays.setAll(texts, i -> i);
    long round = of / texts.length;
    TextOrder.shuffle(
        texts, TrainingLoop.mix(TrainingLoop.mix(seed, round, SHUFFLE_TEXTS), image, 0));
    return texts[(int) (of % texts.length)];
  }
}
