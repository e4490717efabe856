package io.lorgnette.curate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.ClipScores;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearPicturesTest {

  private static float[][] vectors(int count, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[count][6];
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  @Test
  void findsThePairsThatTwoLoopsFind() {
    float[][] first = vectors(90, 1);
    float[][] second = vectors(70, 2);
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 90; i++) {
      for (int j = 0; j < 70; j++) {
        if (ClipScores.cosine(first[i], second[j]) >= 0.8) {
          expected.add("a" + i + " b" + j);
        }
      }
    }
    assertThat(expected).hasSizeBetween(20, 1000);
    try (NearPictures near = new NearPictures(names("b", 70), second, 0.8)) {
      near.add(names("a", 90).subList(0, 33), Arrays.copyOfRange(first, 0, 33));
      near.add(names("a", 90).subList(33, 90), Arrays.copyOfRange(first, 33, 90));
      List<NearPictures.Pair> pairs = near.pairs();
      assertThat(pairs.stream().map(pair -> pair.first() + " " + pair.second()))
          .containsExactlyInAnyOrderElementsOf(expected);
      for (NearPictures.Pair pair : pairs) {
        int i = Integer.parseInt(pair.first().substring(1));
        int j = Integer.parseInt(pair.second().substring(1));
        assertThat(pair.cosine()).isCloseTo(ClipScores.cosine(first[i], second[j]), within(1e-6));
      }
      assertThat(pairs).isSortedAccordingTo((a, b) -> Double.compare(b.cosine(), a.cosine()));
    }
  }

  @Test
  void refusesToListEverything() {
    float[][] same = new float[400][1];
    Arrays.stream(same).forEach(vector -> vector[0] = 1);
    try (NearPictures near = new NearPictures(names("b", 400), same, 0.9)) {
      assertThatThrownBy(() -> near.add(names("a", 400), same))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("100,000");
    }
  }
}
