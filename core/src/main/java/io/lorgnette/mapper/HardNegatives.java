package io.lorgnette.mapper;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Chooses for every pair a wrong image and a wrong text that are easily mistaken for the right one.
 *
 * <p>Legend: B pairs of this process, W of all processes.
 */
@FunctionalInterface
public interface HardNegatives {

  /**
   * Chooses.
   *
   * @param images {@code [B, W]}: with which probability a text gets each image, 0 for its own
   * @param texts {@code [B, W]}: with which probability an image gets each text, 0 for its own
   */
  Choice choose(Tensor images, Tensor texts);

  /**
   * What was chosen.
   *
   * @param images of the W, one for each text
   * @param texts of the W, one for each image
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  record Choice(long[] images, long[] texts) {}

  /**
   * Draws by the probabilities; the same seed and probabilities give the same choice. A pair's
   * draws are the same whichever process it is in.
   *
   * @param gathering says which of the W pairs are those of this process
   */
  static HardNegatives seeded(long seed, Gathering gathering) {
    return (images, texts) -> {
      Draws draws = new Draws(seed);
      long first = gathering.first(images.size(0));
      return new Choice(draw(images, first, draws), draw(texts, first, draws));
    };
  }

  private static long[] draw(Tensor weights, long first, Draws draws) {
    int columns = Math.toIntExact(weights.size(1));
    float[] values = Tensors.toFloats(weights);
    long[] chosen = new long[Math.toIntExact(weights.size(0))];
    for (int pair = 0; pair < columns; pair++) {
      double share = draws.next(); // one for every pair, those of other processes too
      int row = pair - Math.toIntExact(first);
      if (row >= 0 && row < chosen.length) {
        chosen[row] = draw(values, row * columns, columns, share);
      }
    }
    return chosen;
  }

  /** The first column at which the sum so far exceeds the given share of the whole. */
  private static int draw(float[] weights, int from, int columns, double share) {
    double total = 0;
    for (int i = 0; i < columns; i++) {
      total += weights[from + i];
    }
    double sum = 0;
    int last = 0;
    for (int i = 0; i < columns; i++) {
      if (weights[from + i] > 0) {
        last = i;
        sum += weights[from + i];
        if (sum > share * total) {
          return i;
        }
      }
    }
    return last; // rounding
  }
}
