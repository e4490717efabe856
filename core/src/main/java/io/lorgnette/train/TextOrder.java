package io.lorgnette.train;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which texts about images are learned: every text once an epoch, some texts of one
 * image side by side, so that its features are mapped once for them. A stretch of the order depends
 * on seed and place alone, so a resumed run needs no state. Safe for use by several threads.
 */
final class TextOrder {

  /** One text of one image. */
  record Item(int image, int text) {}

  private static final int SHUFFLE_GROUPS = 1;
  private static final int SHUFFLE_TEXTS = 2;

  private final int[] counts; // texts of each image
  private final int together;
  private final long seed;
  private final int[] groupImage; // [groups]
  private final int[] groupFirst; // [groups], of the image's texts in the epoch's order
  private final long texts;

  private long epoch = -1;
  private final int[] order; // [groups], of the epoch
  private final long[] starts; // [groups + 1], of the epoch

  /**
   * An order over images.
   *
   * @param counts texts of each image; some may have none
   * @param together texts of one image that stand side by side, at most
   */
  TextOrder(int[] counts, int together, long seed) {
    this.counts = counts.clone();
    this.together = together;
    this.seed = seed;
    int groups = 0;
    long sum = 0;
    for (int count : counts) {
      groups += (count + together - 1) / together;
      sum += count;
    }
    groupImage = new int[groups];
    groupFirst = new int[groups];
    int group = 0;
    for (int image = 0; image < counts.length; image++) {
      for (int first = 0; first < counts[image]; first += together) {
        groupImage[group] = image;
        groupFirst[group++] = first;
      }
    }
    texts = sum;
    order = new int[groups];
    starts = new long[groups + 1];
  }

  /** Texts of one epoch. */
  long texts() {
    return texts;
  }

  /**
   * A stretch of the endless order.
   *
   * @param from texts before it, over all epochs
   */
  synchronized List<Item> take(long from, int count) {
    List<Item> items = new ArrayList<>(count);
    long at = from;
    while (items.size() < count) {
      prepare(at / texts);
      long place = at % texts;
      int group = groupAt(place);
      while (items.size() < count && group < order.length) {
        int image = groupImage[order[group]];
        int[] shuffled = textsOf(image);
        int first = groupFirst[order[group]];
        for (long i = place - starts[group];
            i < starts[group + 1] - starts[group] && items.size() < count;
            i++) {
          items.add(new Item(image, shuffled[first + (int) i]));
          place++;
          at++;
        }
        group++;
      }
    }
    return items;
  }

  private int groupAt(long place) {
    int low = 0;
    int high = order.length;
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= place) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void prepare(long wanted) {
    if (wanted == epoch) {
      return;
    }
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    shuffle(order, TrainingLoop.mix(seed, wanted, SHUFFLE_GROUPS));
    for (int i = 0; i < order.length; i++) {
      int left = counts[groupImage[order[i]]] - groupFirst[order[i]];
      starts[i + 1] = starts[i] + Math.min(together, left);
    }
    epoch = wanted;
  }

  /** The texts of an image in the epoch's order: they meet other neighbours each time. */
  private int[] textsOf(int image) {
    int[] shuffled = new int[counts[image]];
    for (int i = 0; i < shuffled.length; i++) {
      shuffled[i] = i;
    }
    shuffle(shuffled, TrainingLoop.mix(TrainingLoop.mix(seed, epoch, SHUFFLE_TEXTS), image, 0));
    return shuffled;
  }

  /** Fisher and Yates, with draws that no Java version changes. */
  static void shuffle(int[] values, long key) {
    for (int i = values.length - 1; i > 0; i--) {
      int other = (int) (TrainingLoop.mix(key, i, 0) % (i + 1));
      int value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
  }
}
