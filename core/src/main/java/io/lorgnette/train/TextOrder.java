package io.lorgnette.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which texts about images are learned: every text once an epoch, some texts of one
 * image side by side, so that its features are mapped once for them. A stretch of the order depends
 * on seed and place alone, so a resumed run needs no state. Safe for use by several threads.
 *
 * <p>Where lengths are known, batches are made of neighbours in length among those that lie near
 * each other in the shuffled order, and then shuffled again: few of a batch's rows are padded much.
 */
final class TextOrder {

  /** One text of one image. */
  record Item(int image, int text) {}

  private static final int SHUFFLE_GROUPS = 1;
  private static final int SHUFFLE_TEXTS = 2;
  private static final int SHUFFLE_BATCHES = 3;

  /** Batches among which lengths are sorted. */
  private static final int WINDOW = 16;

  private final int[] counts; // texts of each image
  private final int together;
  private final long seed;
  private final int[] groupImage; // [groups]
  private final int[] groupFirst; // [groups], of the image's texts in the epoch's order
  private final int[] lengths; // of each image's texts together; or null where nobody asked
  private final int batch; // groups
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
    this(counts, null, together, together, seed);
  }

  /**
   * An order over images with batches of about the same length.
   *
   * @param lengths tokens of all texts of each image; null for batches as they come
   * @param rows texts of a batch
   */
  TextOrder(int[] counts, int[] lengths, int together, int rows, long seed) {
    this.lengths = lengths == null ? null : lengths.clone();
    this.batch = Math.max(1, rows / together);
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
    if (lengths != null) {
      long key = TrainingLoop.mix(seed, wanted, SHUFFLE_BATCHES);
      for (int from = 0; from < order.length; from += WINDOW * batch) {
        int to = Math.min(order.length, from + WINDOW * batch);
        sortInBatches(from, to, TrainingLoop.mix(key, from, 0));
      }
    }
    for (int i = 0; i < order.length; i++) {
      int left = counts[groupImage[order[i]]] - groupFirst[order[i]];
      starts[i + 1] = starts[i] + Math.min(together, left);
    }
    epoch = wanted;
  }

  /** Makes batches of groups of like length of a stretch of the order, in an order drawn by key. */
  private void sortInBatches(int from, int to, long key) {
    long[] sorted = new long[to - from];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = ((long) length(order[from + i]) << Integer.SIZE) | i;
    }
    Arrays.sort(sorted);
    int[] groups = new int[sorted.length];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = order[from + (int) sorted[i]];
    }
    int whole = groups.length / batch;
    int[] batches = new int[whole];
    Arrays.setAll(batches, i -> i);
    shuffle(batches, key);
    for (int i = 0; i < whole; i++) {
      System.arraycopy(groups, batches[i] * batch, order, from + i * batch, batch);
    }
    int rest = whole * batch;
    System.arraycopy(groups, rest, order, from + rest, groups.length - rest);
  }

  /** Tokens of a group, if its texts are as long as the image's are on average. */
  private int length(int group) {
    int image = groupImage[group];
    int texts = Math.min(together, counts[image] - groupFirst[group]);
    return (int) ((long) lengths[image] * texts / counts[image]);
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
