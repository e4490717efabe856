package io.lorgnette.language;

import io.lorgnette.nn.Draws;
import io.lorgnette.recipe.RecipeNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * BART's text infilling (Lewis et al. 2020, 3.2): spans of text, their lengths Poisson-distributed,
 * give way to one mask token each; a span of no length puts a mask where nothing is missing. What
 * is to be written is the whole text.
 *
 * <p>Our reading: spans do not touch, and all ways to place them are equally likely. The ends of a
 * text, which fewer spans can reach, are masked less often than its middle.
 *
 * @param share of the tokens that are masked
 * @param span mean length of a span, in tokens
 */
public record TextInfilling(double share, double span) {

  /** Reads the keys {@code share} and {@code span}. */
  public static TextInfilling read(RecipeNode node) {
    return new TextInfilling(
        node.number("share", 0.3).between(0.01, 0.9), node.number("span", 3).between(0.5, 50.0));
  }

  /**
   * Masks a text.
   *
   * @param ids its tokens, at least one
   * @param draw seed: the same gives the same masks
   * @param mask the token in place of a span
   * @return the text with masks, never longer than the text
   */
  public long[] corrupt(long[] ids, long draw, long mask) {
    Draws draws = new Draws(draw);
    int masked = (int) Math.min(ids.length, Math.max(1, Math.round(share * ids.length)));
    int kept = ids.length - masked;
    List<Integer> lengths = lengths(draws, masked, Math.min(masked, kept + 1));
    boolean[] opens = gaps(draws, kept + 1, lengths.size());
    long[] corrupted = new long[kept + lengths.size()];
    int to = 0;
    int from = 0;
    int next = 0;
    for (int gap = 0; gap <= kept; gap++) {
      if (opens[gap]) {
        corrupted[to++] = mask;
        from += lengths.get(next++);
      }
      if (gap < kept) {
        corrupted[to++] = ids[from++];
      }
    }
    return corrupted;
  }

  /** Lengths that add up to the tokens to mask; the last of the places takes what is left. */
  private List<Integer> lengths(Draws draws, int masked, int places) {
    List<Integer> lengths = new ArrayList<>();
    int left = masked;
    while (left > 0) {
      boolean last = lengths.size() == places - 1;
      int length = last ? left : Math.min(left, poisson(draws));
      lengths.add(length);
      left -= length;
    }
    // What is cut short stands last, and would else stand last in the text too often.
    for (int i = lengths.size() - 1; i > 0; i--) {
      Collections.swap(lengths, i, below(draws, i + 1));
    }
    return lengths;
  }

  /** A Poisson-distributed number: how many uniform factors keep the product above the limit. */
  private int poisson(Draws draws) {
    double limit = StrictMath.exp(-span);
    double product = draws.next();
    int count = 0;
    while (product > limit) {
      product *= draws.next();
      count++;
    }
    return count;
  }

  /** Which of the places between kept tokens get a span; Floyd's algorithm. */
  private static boolean[] gaps(Draws draws, int places, int count) {
    boolean[] chosen = new boolean[places];
    for (int i = places - count; i < places; i++) {
      int at = below(draws, i + 1);
      chosen[chosen[at] ? i : at] = true;
    }
    return chosen;
  }

  private static int below(Draws draws, int bound) {
    return Math.min(bound - 1, (int) (draws.next() * bound));
  }
}
