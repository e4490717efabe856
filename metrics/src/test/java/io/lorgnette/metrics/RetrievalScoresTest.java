package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetrievalScoresTest {

  @Test
  void countsByHand() {
    // Image 0 has texts 0 and 1, image 1 has text 2, image 2 has none.
    int[] owners = {0, 0, 1};
    float[][] byImage = {{0.1f, 0.5f, 0.9f}, {0.8f, 0.2f, 0.7f}, {9, 9, 9}};
    float[][] byText = {{0.9f, 0.1f, 0.2f}, {0.3f, 0.4f, 0.5f}, {0.5f, 0.4f, 0.1f}};
    RetrievalScores scores = RetrievalScores.of(byImage, byText, owners);
    assertThat(scores.images()).isEqualTo(2);
    assertThat(scores.texts()).isEqualTo(3);
    assertThat(scores.textRecall(1)).isZero(); // text 2 before 1; text 0 before 2
    assertThat(scores.textRecall(2)).isEqualTo(1);
    assertThat(scores.imageRecall(1)).isEqualTo(1 / 3.0);
    assertThat(scores.imageRecall(2)).isEqualTo(2 / 3.0);
    assertThat(scores.imageRecall(3)).isEqualTo(1);
  }

  /** By sorting everything and looking at the first k. */
  private static double slow(float[][] rows, boolean[][] right, int k) {
    int hits = 0;
    int asked = 0;
    for (int row = 0; row < rows.length; row++) {
      List<Integer> order = new ArrayList<>();
      boolean any = false;
      for (int i = 0; i < rows[row].length; i++) {
        order.add(i);
        any |= right[row][i];
      }
      float[] scores = rows[row];
      order.sort(Comparator.comparing((Integer i) -> scores[i]).reversed());
      boolean hit = false;
      for (int i : order.subList(0, Math.min(k, order.size()))) {
        hit |= right[row][i];
      }
      asked += any ? 1 : 0;
      hits += hit ? 1 : 0;
    }
    return hits / (double) asked;
  }

  @Test
  void equalsASlowComputation() {
    SplittableRandom random = new SplittableRandom(4);
    for (int round = 0; round < 20; round++) {
      int images = 30;
      int texts = 50;
      int[] owners = random.ints(texts, 0, images).toArray();
      float[][] byImage = new float[images][texts];
      float[][] byText = new float[texts][images];
      boolean[][] ofImage = new boolean[images][texts];
      boolean[][] ofText = new boolean[texts][images];
      for (int i = 0; i < images; i++) {
        for (int t = 0; t < texts; t++) {
          ofImage[i][t] = owners[t] == i;
          ofText[t][i] = owners[t] == i;
          byImage[i][t] = (float) random.nextDouble() + (ofImage[i][t] ? 0.5f : 0);
          byText[t][i] = (float) random.nextDouble() + (ofText[t][i] ? 0.5f : 0);
        }
      }
      RetrievalScores scores = RetrievalScores.of(byImage, byText, owners);
      for (int k : new int[] {1, 5, 10, 100}) {
        assertThat(scores.textRecall(k)).isEqualTo(slow(byImage, ofImage, k));
        assertThat(scores.imageRecall(k)).isEqualTo(slow(byText, ofText, k));
      }
    }
  }

  @Test
  void scoresWithoutInformationEarnNothing() {
    float[][] flat = new float[20][20];
    int[] owners = new int[20];
    for (int i = 0; i < 20; i++) {
      owners[i] = i;
    }
    RetrievalScores scores = RetrievalScores.of(flat, flat, owners);
    assertThat(scores.textRecall(19)).isZero();
    assertThat(scores.imageRecall(10)).isZero();
    assertThat(scores.imageRecall(20)).isEqualTo(1);
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    float[][] two = new float[2][2];
    assertThatThrownBy(() -> RetrievalScores.of(two, new float[3][2], new int[3]))
        .hasMessageContaining("byImage must have 3 columns");
    assertThatThrownBy(() -> RetrievalScores.of(two, two, new int[] {0, 2}))
        .hasMessageContaining("one of 2 images");
    float[][] nan = {{1, Float.NaN}, {1, 1}};
    assertThatThrownBy(() -> RetrievalScores.of(nan, two, new int[2]))
        .hasMessageContaining("no number");
    assertThatThrownBy(() -> RetrievalScores.of(two, two, new int[2]).textRecall(0))
        .hasMessageContaining("k must be");
  }
}
