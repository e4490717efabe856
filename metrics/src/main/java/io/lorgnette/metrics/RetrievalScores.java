package io.lorgnette.metrics;

import java.util.Arrays;

/**
 * Recall at k of image-text retrieval: how often something right is among the first k. A right item
 * stands behind every wrong one that scores as much, so that scores without information earn
 * nothing.
 *
 * <p>Immutable, thread-safe. Legend: I images, B texts.
 */
public final class RetrievalScores {

  private final int[] textRanks;
  private final int[] imageRanks;

  private RetrievalScores(int[] textRanks, int[] imageRanks) {
    this.textRanks = textRanks;
    this.imageRanks = imageRanks;
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
    int asked = 0;
    for (int image = 0; image < byImage.length; image++) {
      boolean[] right = new boolean[imageOfText.length];
      boolean any = false;
      for (int text = 0; text < right.length; text++) {
        right[text] = imageOfText[text] == image;
        any |= right[text];
      }
      if (any) {
        textRanks[asked++] = rank(byImage[image], right);
      }
    }
    int[] imageRanks = new int[byText.length];
    for (int text = 0; text < imageRanks.length; text++) {
      boolean[] right = new boolean[byImage.length];
      right[imageOfText[text]] = true;
      imageRanks[text] = rank(byText[text], right);
    }
    return new RetrievalScores(Arrays.copyOf(textRanks, asked), imageRanks);
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
