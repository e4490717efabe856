package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One system trained with several seeds and asked about the same images each time. Its score is the
 * mean over seeds; its resamples draw images (all questions of an image together) and seeds, both
 * with replacement, so an interval holds what another test set and another training would change.
 * With one seed there is nothing to draw, and the interval holds the images' part alone.
 *
 * <p>Immutable, thread-safe.
 */
public final class Replicates {

  /** Streams of drawn seeds, apart from those of images and of each other. */
  private static final long FIRST_STREAM = 0x5EED_0001L;

  private static final long SECOND_STREAM = 0x5EED_0002L;

  private final List<ImageSums> seeds;

  private Replicates(List<ImageSums> seeds) {
    this.seeds = List.copyOf(seeds);
  }

  /**
   * The scores of one system.
   *
   * @param seeds at least one
   * @throws InputException if they are of different metrics or images
   */
  public static Replicates of(List<ImageSums> seeds) {
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("a system needs at least one seed");
    }
    seeds.forEach(one -> requireSame(seeds.get(0), one));
    return new Replicates(seeds);
  }

  private static void requireSame(ImageSums first, ImageSums second) {
    if (!first.metric().equals(second.metric())) {
      throw new InputException(
          first.metric()
              + " can not be compared with "
              + second.metric()
              + "; compare equal scores");
    }
    if (!first.images().equals(second.images())) {
      throw new InputException(
          "Two systems can only be compared on the same images, but one was scored on "
              + first.images().size()
              + " and the other on "
              + second.images().size()
              + " images that are not all the same; evaluate both again on the same data.");
    }
  }

  /** How many seeds there are. */
  public int size() {
    return seeds.size();
  }

  /** The mean over seeds, a fraction. */
  public double score() {
    return seeds.stream().mapToDouble(ImageSums::score).average().orElseThrow();
  }

  /**
   * The 95 % interval over images and seeds.
   *
   * @param seed the same seed gives the same interval
   * @param resamples usually {@link Interval#RESAMPLES}
   */
  public Interval interval(long seed, int resamples) {
    return Interval.of(score(), drawn(seed, resamples, FIRST_STREAM), seed);
  }

  /**
   * The difference to another system, this one's score minus the other's, on the same drawn images
   * and on seeds drawn for each.
   *
   * @throws InputException if the two were scored on other images
   */
  public Difference minus(Replicates other, long seed, int resamples) {
    requireSame(seeds.get(0), other.seeds.get(0));
    double[] mine = drawn(seed, resamples, FIRST_STREAM);
    double[] theirs = other.drawn(seed, resamples, SECOND_STREAM);
    double[] differences =
        IntStream.range(0, resamples).mapToDouble(i -> mine[i] - theirs[i]).toArray();
    return Difference.of(score() - other.score(), differences, seed);
  }

  private double[] drawn(long seed, int resamples, long stream) {
    int images = seeds.get(0).images().size();
    return IntStream.range(0, resamples)
        .parallel()
        .mapToDouble(
            number -> {
              int[] drawn = Bootstrap.draw(images, seed, number);
              double sum = 0;
              for (int one : Bootstrap.draw(seeds.size(), seed ^ stream, number)) {
                sum += seeds.get(one).score(drawn);
              }
              return sum / seeds.size();
            })
        .toArray();
  }
}
