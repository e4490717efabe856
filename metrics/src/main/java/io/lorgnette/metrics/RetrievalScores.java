package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Recall at k of image-text retrieval: how often something right is among the first k. A right item
 * stands behind every wrong one that scores as much, so that scores without information earn
 * nothing.
 *
 * <p>Immutable, thread-safe. Legend: I images, B texts.
 */
public final class RetrievalScores {

  private final int[] textRanks; // of the images that have texts
  private final int[] imageRanks;
  private final int[][] textsOf; // of the same images: their texts

  private RetrievalScores(int[] textRanks, int[] imageRanks, int[][] textsOf) {
    this.textRanks = textRanks;
    this.imageRanks = imageRanks;
    this.textsOf = textsOf;
  }

  /**
   * Scores rankings.
   *
   * @param byImage {@code [I][B]}, to compare texts for an image; the greater, the better
   * @param byText {@code [B][I]}, to compare images for a text
   * @param imageOfText {@code [B]}: to which image each text belongs
   * @throws IllegalArgumentException if the sizes do not fit or a score is no number
   */
  public static RetrievalScores of(float[][] byImage, float[][] byText, int[] imageOfText) {
    require(byImage, byText.length, "byImage");
    require(byText, byImage.length, "byText");
    if (imageOfText.length != byText.length
        || Arrays.stream(imageOfText).anyMatch(i -> i < 0 || i >= byImage.length)) {
      throw new IllegalArgumentException(
          "every one of " + byText.length + " texts needs one of " + byImage.length + " images");
    }
    int[] textRanks = new int[byImage.length];
    List<int[]> textsOf = new ArrayList<>();
    for (int image = 0; image < byImage.length; image++) {
      boolean[] right = new boolean[imageOfText.length];
      int asked = image;
      int[] own =
          IntStream.range(0, right.length).filter(text -> imageOfText[text] == asked).toArray();
      Arrays.stream(own).forEach(text -> right[text] = true);
      if (own.length > 0) {
        textRanks[textsOf.size()] = rank(byImage[image], right);
        textsOf.add(own);
      }
    }
    int[] imageRanks = new int[byText.length];
    for (int text = 0; text < imageRanks.length; text++) {
      boolean[] right = new boolean[byImage.length];
      right[imageOfText[text]] = true;
      imageRanks[text] = rank(byText[text], right);
    }
    return new RetrievalScores(
        Arrays.copyOf(textRanks, textsOf.size()), imageRanks, textsOf.toArray(int[][]::new));
  }

  private static void require(float[][] rows, int columns, String name) {
    for (float[] row : rows) {
      if (row.length != columns) {
        throw new IllegalArgumentException(
            name + " must have " + columns + " columns but has " + row.length);
      }
      for (float score : row) {
        if (Float.isNaN(score)) {
          throw new IllegalArgumentException(name + " holds a score that is no number");
        }
      }
    }
  }

  /** Wrong items before the best right one. */
  private static int rank(float[] scores, boolean[] right) {
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < scores.length; i++) {
      best = right[i] ? Math.max(best, scores[i]) : best;
    }
    int before = 0;
    for (int i = 0; i < scores.length; i++) {
      before += !right[i] && scores[i] >= best ? 1 : 0;
    }
    return before;
  }

  /** Of the images that have texts, the share with one of them among the first k texts. */
  public double textRecall(int k) {
    return recall(textRanks, k);
  }

  /** Of the texts, the share whose image is among the first k images. */
  public double imageRecall(int k) {
    return recall(imageRanks, k);
  }

  /** {@link #textRecall(int)} with its interval, images drawn together with their texts. */
  public Interval textRecall(int k, long seed, int resamples) {
    double[] drawn =
        Bootstrap.resample(
            textsOf.length,
            seed,
            resamples,
            images -> recall(Arrays.stream(images).map(i -> textRanks[i]).toArray(), k));
    return Interval.of(textRecall(k), drawn, seed);
  }

  /** {@link #imageRecall(int)} with its interval, images drawn together with their texts. */
  public Interval imageRecall(int k, long seed, int resamples) {
    double[] drawn =
        Bootstrap.resample(
            textsOf.length,
            seed,
            resamples,
            images ->
                recall(
                    Arrays.stream(images)
                        .flatMap(i -> Arrays.stream(textsOf[i]))
                        .map(text -> imageRanks[text])
                        .toArray(),
                    k));
    return Interval.of(imageRecall(k), drawn, seed);
  }

  private static double recall(int[] ranks, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1 but is " + k);
    }
    return Arrays.stream(ranks).filter(rank -> rank < k).count() / (double) ranks.length;
  }

  /** Images that have texts. */
  public int images() {
    return textRanks.length;
  }

  public int texts() {
    return imageRanks.length;
  }
}
