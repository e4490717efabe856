package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Random windows of training text from several sources.
 *
 * <p>A batch is a function of seed and step alone: a resumed run needs no state, and two runs with
 * the same seed see the same text. Immutable and thread-safe.
 */
public final class WindowSampler {

  private record Choice(String name, TokenFile file, double upTo) {}

  private final Path folder;
  private final List<Choice> choices = new ArrayList<>();
  private final double sum;

  WindowSampler(Path folder, Map<String, TokenFile> files, Map<String, Double> weights) {
    this.folder = folder;
    double upTo = 0;
    for (Map.Entry<String, TokenFile> file : files.entrySet()) {
      double weight = weights.get(file.getKey());
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new InputException(
            folder
                + ": the weight of source \""
                + file.getKey()
                + "\" is "
                + weight
                + "; expected a number from 0 on");
      }
      if (weight > 0) {
        upTo += weight;
        choices.add(new Choice(file.getKey(), file.getValue(), upTo));
      }
    }
    if (choices.isEmpty()) {
      throw new InputException(
          folder + ": no source has a weight above 0; give at least one, for example captions: 1");
    }
    sum = upTo;
  }

  /**
   * Draws the windows of one step.
   *
   * @param step number of the optimizer step or of the micro-batch, whatever counts the calls
   * @param rows windows to draw, each from a source of its own choice
   * @param length ids in a window
   * @param outIds receives {@code [rows, length]} ids
   * @throws InputException when a source is shorter than a window
   */
  public void batch(long seed, long step, int rows, int length, long[] outIds) {
    requireRoom(rows, length, outIds);
    draw(
        seed,
        step,
        rows,
        length,
        (row, file, start) -> file.copy(start, length, outIds, row * length));
  }

  /**
   * As {@link #batch}, with windows that begin a document where they can: at the first one that
   * begins within a window's length behind the place drawn, else at that place.
   *
   * @param endOfDocument id behind every document
   */
  public void batchOfDocuments(
      long seed, long step, int rows, int length, int endOfDocument, long[] outIds) {
    requireRoom(rows, length, outIds);
    long[] ahead = new long[length];
    Placed place =
        (row, file, start) -> {
          int seen = (int) Math.min(length, file.tokens() - length - start);
          file.copy(start, seen, ahead, 0);
          int skip = 0;
          for (int i = seen - 1; i >= 0; i--) {
            skip = ahead[i] == endOfDocument ? i + 1 : skip;
          }
          file.copy(start + skip, length, outIds, row * length);
        };
    draw(seed, step, rows, length, place);
  }

  private static void requireRoom(int rows, int length, long[] outIds) {
    if (outIds.length < (long) rows * length) {
      throw new IllegalArgumentException(
          rows + " rows of " + length + " ids do not fit into " + outIds.length);
    }
  }

  /** What is done with a place drawn for a row. */
  @FunctionalInterface
  private interface Placed {
    void at(int row, TokenFile file, long start);
  }

  private void draw(long seed, long step, int rows, int length, Placed placed) {
    SplitMix random = new SplitMix(SplitMix.mix(SplitMix.mix(seed) + step));
    for (int row = 0; row < rows; row++) {
      Choice choice = choose(random.nextDouble());
      long starts = choice.file().tokens() - length + 1;
      if (starts < 1) {
        throw new InputException(
            folder
                + ": source \""
                + choice.name()
                + "\" has "
                + choice.file().tokens()
                + " training tokens, fewer than a window of "
                + length
                + "; take shorter windows or give it the weight 0");
      }
      long start = Math.min(starts - 1, (long) (random.nextDouble() * starts));
      placed.at(row, choice.file(), start);
    }
  }

  private Choice choose(double unit) {
    double at = unit * sum;
    for (Choice choice : choices) {
      if (at < choice.upTo()) {
        return choice;
      }
    }
    return choices.get(choices.size() - 1);
  }

  /**
   * SplitMix64 (Steele, Lea, Flood 2014), written out so that no Java version changes the draws.
   */
  private static final class SplitMix {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private long state;

    SplitMix(long state) {
      this.state = state;
    }

    static long mix(long z) {
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }

    double nextDouble() {
      state += GAMMA;
      return (mix(state) >>> 11) * 0x1p-53;
    }
  }
}
