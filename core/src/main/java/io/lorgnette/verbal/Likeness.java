package io.lorgnette.verbal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How alike questions, or images, are to those of a pool of examples: sums of dot products, not
 * divided by lengths, as PICa has them.
 */
public final class Likeness {

  private final List<Rows> pool = new ArrayList<>();
  private final List<Rows> asked = new ArrayList<>();
  private final int size;

  /**
   * Likeness to a pool, still of nothing: all are equally near.
   *
   * @param size examples of the pool
   */
  public Likeness(int size) {
    this.size = size;
  }

  /**
   * Adds a kind of vector.
   *
   * @param ofPool one row for each example
   * @param ofAsked one row for each question asked
   * @throws IllegalArgumentException if there are not as many rows as examples, or the widths
   *     differ
   */
  public Likeness with(Rows ofPool, Rows ofAsked) {
    if (ofPool.count() != size || ofPool.width() != ofAsked.width()) {
      throw new IllegalArgumentException(
          ofPool.count()
              + " rows of width "
              + ofPool.width()
              + " do not go with "
              + size
              + " examples and a width of "
              + ofAsked.width());
    }
    Likeness more = new Likeness(size);
    more.pool.addAll(pool);
    more.asked.addAll(asked);
    more.pool.add(ofPool);
    more.asked.add(ofAsked);
    return more;
  }

  /**
   * The examples most alike, the most alike first, an earlier one before an equal.
   *
   * @param question row among those asked
   * @param count at most the pool's size
   */
  int[] nearest(int question, int count) {
    double[] likeness = new double[size];
    for (int kind = 0; kind < pool.size(); kind++) {
      for (int i = 0; i < size; i++) {
        likeness[i] += pool.get(kind).dot(i, asked.get(kind), question);
      }
    }
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(likeness[b], likeness[a])); // stable
    int[] nearest = new int[count];
    Arrays.setAll(nearest, i -> order[i]);
    return nearest;
  }
}
