package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What each image adds to a score of one system: enough to score any drawn set of images, so that
 * several systems, or several seeds of one, can be compared on the same resamples without their
 * outputs being at hand.
 *
 * <p>A mean (CIDEr, accuracies) is a sum and a number of parts, BLEU-4 the counts of its n-grams.
 * Immutable, thread-safe.
 */
public final class ImageSums {

  /** The one metric of these that is no mean. */
  public static final String BLEU_4 = "BLEU-4";

  private static final int SUM_AND_NUMBER = 2;
  private static final int BLEU_FIELDS = 2 * NGrams.ORDERS + 2;

  private final String metric;
  private final List<String> images;
  private final double[][] sums;

  private ImageSums(String metric, List<String> images, double[][] sums) {
    this.metric = metric;
    this.images = List.copyOf(images);
    this.sums = sums;
  }

  /**
   * Sums as they were kept.
   *
   * @param images ids in ascending order
   * @param sums one row an image: sum and number of a mean, the ten counts of {@link #BLEU_4}
   * @throws InputException if rows do not fit the images or the metric
   */
  public static ImageSums of(String metric, List<String> images, double[][] sums) {
    int width = metric.equals(BLEU_4) ? BLEU_FIELDS : SUM_AND_NUMBER;
    if (images.isEmpty()
        || sums.length != images.size()
        || Arrays.stream(sums).anyMatch(row -> row.length != width)) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "the sums of %s must be %d numbers for each of at least one image, but there are %d rows for %d images; score the system again",
              metric,
              width,
              sums.length,
              images.size()));
    }
    return new ImageSums(
        metric, images, Arrays.stream(sums).map(double[]::clone).toArray(double[][]::new));
  }

  /** A mean over images that count the same. */
  static ImageSums means(String metric, List<String> images, double[] values) {
    double[][] sums =
        Arrays.stream(values).mapToObj(v -> new double[] {v, 1}).toArray(double[][]::new);
    return of(metric, images, sums);
  }

  /** BLEU-4 from {@link Bleu#statistics}. */
  static ImageSums bleu4(List<String> images, int[][] statistics) {
    double[][] sums =
        Arrays.stream(statistics)
            .map(row -> Arrays.stream(row).asDoubleStream().toArray())
            .toArray(double[][]::new);
    return of(BLEU_4, images, sums);
  }

  public String metric() {
    return metric;
  }

  /** The ids in ascending order. */
  public List<String> images() {
    return images;
  }

  /** One row an image, as {@link #of} takes them. */
  public double[][] sums() {
    return Arrays.stream(sums).map(double[]::clone).toArray(double[][]::new);
  }

  /** The score of all images together, a fraction. */
  public double score() {
    return score(Bootstrap.all(images.size()));
  }

  /** The score of the images at {@code drawn}, which may name an image several times. */
  double score(int[] drawn) {
    return metric.equals(BLEU_4) ? bleu4(drawn) : mean(drawn);
  }

  private double mean(int[] drawn) {
    double sum = 0;
    double number = 0;
    for (int image : drawn) {
      sum += sums[image][0];
      number += sums[image][1];
    }
    return sum / number;
  }

  private double bleu4(int[] drawn) {
    double[] total = new double[BLEU_FIELDS];
    for (int image : drawn) {
      for (int i = 0; i < BLEU_FIELDS; i++) {
        total[i] += sums[image][i];
      }
    }
    int[] counts = Arrays.stream(total).mapToInt(value -> (int) value).toArray();
    return Bleu.score(new int[][] {counts}, new int[] {0})[NGrams.ORDERS - 1];
  }
}
