package io.lorgnette.method;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Image-text retrieval in two steps, as BLIP-2 does it (Li et al. 2023, section 4.4; LAVIS' {@code
 * compute_sim_matrix}): everything is ranked by how near it is in the joint space, then the first
 * few are ranked anew by a judge that looks at image and text together.
 *
 * <p>Legend: I images, B texts.
 */
public final class Retrieval {

  /** As many as LAVIS judges. */
  public static final int JUDGED = 128;

  /** What was not judged stands this far behind, in its old order. */
  private static final float BEHIND = -100;

  private Retrieval() {}

  /** Looks at an image with texts. */
  @FunctionalInterface
  public interface Judge {

    /** How well each of the texts fits the image, in logits. */
    float[] match(int image, int[] texts);
  }

  /**
   * The greater, the better.
   *
   * @param byImage {@code [I][B]}, to compare texts for an image
   * @param byText {@code [B][I]}, to compare images for a text
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  public record Scores(float[][] byImage, float[][] byText) {}

  /**
   * Cosines of every image with every text, both as vectors of a joint space.
   *
   * @param images {@code [I][J]}, of length 1
   * @param texts {@code [B][J]}, of length 1
   * @return {@code [I][B]}
   * @throws IllegalArgumentException if the vectors are not all of one width
   */
  public static float[][] nearness(List<float[]> images, List<float[]> texts) {
    int width = images.isEmpty() ? 0 : images.get(0).length;
    if (Stream.concat(images.stream(), texts.stream()).anyMatch(v -> v.length != width)) {
      throw new IllegalArgumentException("vectors of one joint space must have one width");
    }
    return images.parallelStream()
        .map(
            image -> {
              float[] row = new float[texts.size()];
              for (int text = 0; text < row.length; text++) {
                row[text] = dot(image, texts.get(text));
              }
              return row;
            })
        .toArray(float[][]::new);
  }

  private static float dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return (float) sum;
  }

  /**
   * Scores by nearness alone.
   *
   * @param nearness {@code [I][B]}, cosines
   */
  public static Scores byNearness(float[][] nearness) {
    return new Scores(copy(nearness), transposed(nearness));
  }

  /**
   * Scores by nearness, and for the nearest by the judge's logit added to it. The judge is asked
   * once for each image, in their order, about all texts that are among its nearest or have it
   * among theirs.
   *
   * @param nearness {@code [I][B]}, cosines
   * @param judged how many of the nearest are judged for each image and for each text, at least 1
   */
  public static Scores judged(float[][] nearness, int judged, Judge judge) {
    if (judged < 1) {
      throw new IllegalArgumentException("judged must be at least 1 but is " + judged);
    }
    Scores scores = byNearness(nearness);
    BitSet[] texts = nearest(scores.byImage(), judged);
    BitSet[] images = nearest(scores.byText(), judged);
    behind(scores.byImage());
    behind(scores.byText());
    for (int i = 0; i < nearness.length; i++) {
      int image = i;
      int[] asked =
          IntStream.range(0, images.length)
              .filter(text -> texts[image].get(text) || images[text].get(image))
              .toArray();
      float[] verdicts = judge.match(image, asked);
      for (int j = 0; j < asked.length; j++) {
        int text = asked[j];
        float score = nearness[image][text] + verdicts[j];
        if (texts[image].get(text)) {
          scores.byImage()[image][text] = score;
        }
        if (images[text].get(image)) {
          scores.byText()[text][image] = score;
        }
      }
    }
    return scores;
  }

  /** Which are the greatest of each row. */
  private static BitSet[] nearest(float[][] rows, int count) {
    return Arrays.stream(rows)
        .map(
            scores ->
                IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -scores[i])) // stable: ties keep order
                    .limit(count)
                    .collect(BitSet::new, BitSet::set, BitSet::or))
        .toArray(BitSet[]::new);
  }

  private static void behind(float[][] rows) {
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] += BEHIND;
      }
    }
  }

  private static float[][] copy(float[][] rows) {
    return Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
  }

  private static float[][] transposed(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    float[][] turned = new float[columns][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j][i] = rows[i][j];
      }
    }
    return turned;
  }
}
