package io.lorgnette.verbal;

import io.lorgnette.error.InputException;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * Chooses PICa's examples: of the {@code n * k} most alike, member {@code r} of the ensemble is
 * shown those from {@code r * n} on. An example without question or answer is drawn anew.
 *
 * <p>What is chosen depends on seed and question alone. Immutable; safe for several threads.
 */
public final class ShotChoice {

  private final Likeness likeness; // or null: at random
  private final BitSet whole; // examples with a question and an answer
  private final int size;
  private final long seed;

  /**
   * A choice among a pool.
   *
   * @param likeness or null to draw at random
   * @param whole which of the pool have a question and an answer
   * @param size of the pool
   */
  public ShotChoice(Likeness likeness, BitSet whole, int size, long seed) {
    this.likeness = likeness;
    this.whole = (BitSet) whole.clone();
    this.size = size;
    this.seed = seed;
  }

  /**
   * The examples of each member.
   *
   * @param question number of the question asked
   * @param shots n
   * @param members k
   * @return {@code [k][n]} places in the pool
   * @throws InputException if the pool is too small
   */
  public int[][] choose(int question, int shots, int members) {
    int wanted = Math.multiplyExact(shots, members);
    if (wanted == 0) {
      return new int[members][0];
    }
    if (whole.isEmpty() || (likeness != null && wanted > size)) {
      throw new InputException(
          shots
              + " shots for each of "
              + members
              + " members need as many examples with an answer, but there are "
              + size
              + "; ask with fewer shots or members");
    }
    SplittableRandom random = new SplittableRandom(seed ^ (question * 0x9E3779B97F4A7C15L));
    int[] nearest = likeness == null ? null : likeness.nearest(question, wanted);
    int[][] chosen = new int[members][shots];
    for (int member = 0; member < members; member++) {
      for (int i = 0; i < shots; i++) {
        int at = nearest == null ? random.nextInt(size) : nearest[member * shots + i];
        while (!whole.get(at)) {
          at = random.nextInt(size);
        }
        chosen[member][i] = at;
      }
    }
    return chosen;
  }
}
