package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.train.TextOrder.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextOrderTest {

  private static final int[] COUNTS = {5, 0, 1, 12, 5, 0, 3, 5};
  private static final int TEXTS = 31;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 100})
  void bringsEveryTextOnceAnEpoch(int together) {
    TextOrder order = new TextOrder(COUNTS, together, 3);
    assertThat(order.texts()).isEqualTo(TEXTS);
    for (int epoch = 0; epoch < 3; epoch++) {
      List<Item> items = order.take((long) epoch * TEXTS, TEXTS);
      assertThat(new HashSet<>(items)).hasSize(TEXTS);
      for (Item item : items) {
        assertThat(item.text()).isBetween(0, COUNTS[item.image()] - 1);
      }
    }
  }

  @Test
  void putsTextsOfAnImageSideBySide() {
    List<Item> items = new TextOrder(new int[] {5, 5, 5, 5}, 5, 3).take(0, 20);
    for (int i = 0; i < 20; i++) {
      assertThat(items.get(i).image()).isEqualTo(items.get(i - i % 5).image());
    }
    List<Item> apart = new TextOrder(new int[] {5, 5, 5, 5}, 1, 3).take(0, 20);
    assertThat(apart.stream().limit(5).map(Item::image).distinct().count()).isGreaterThan(1);
  }

  @Test
  void aStretchDependsOnSeedAndPlaceAlone() {
    TextOrder whole = new TextOrder(COUNTS, 5, 3);
    List<Item> expected = whole.take(0, 3 * TEXTS);
    List<Item> pieces = new ArrayList<>();
    TextOrder cut = new TextOrder(COUNTS, 5, 3);
    for (int from = 0; from < 3 * TEXTS; from += 7) {
      pieces.addAll(cut.take(from, Math.min(7, 3 * TEXTS - from)));
    }
    assertThat(pieces).isEqualTo(expected);
    // Asked out of order, as by a resumed run.
    assertThat(new TextOrder(COUNTS, 5, 3).take(2 * TEXTS + 4, 9))
        .isEqualTo(expected.subList(2 * TEXTS + 4, 2 * TEXTS + 13));
    assertThat(new TextOrder(COUNTS, 5, 4).take(0, TEXTS)).isNotEqualTo(expected.subList(0, TEXTS));
  }

  @Test
  void shufflesAnewEachEpoch() {
    TextOrder order = new TextOrder(COUNTS, 2, 3);
    assertThat(order.take(0, TEXTS)).isNotEqualTo(order.take(TEXTS, TEXTS));
    // Also which texts of an image are learned together.
    TextOrder one = new TextOrder(new int[] {12}, 12, 3);
    assertThat(one.take(0, 12)).isNotEqualTo(one.take(12, 12));
  }

  @Test
  void shufflesFairly() {
    int[] counts = new int[1000];
    Arrays.fill(counts, 2);
    List<Item> items = new TextOrder(counts, 2, 9).take(0, 2000);
    int firstIsFirst = 0;
    double moved = 0;
    for (int i = 0; i < 2000; i += 2) {
      firstIsFirst += items.get(i).text() == 0 ? 1 : 0;
      moved += Math.abs(items.get(i).image() - i / 2) / 1000.0;
    }
    assertThat(firstIsFirst).isBetween(440, 560);
    assertThat(moved / 1000).isBetween(0.3, 0.37); // one third for a fair shuffle
  }

  /** The same on every machine and Java version: a change here breaks the resuming of runs. */
  @Test
  void staysAsItIs() {
    assertThat(new TextOrder(new int[] {2, 2, 2}, 2, 1).take(0, 6))
        .containsExactly(
            new Item(1, 1),
            new Item(1, 0),
            new Item(2, 1),
            new Item(2, 0),
            new Item(0, 1),
            new Item(0, 0));
  }

  /** Five captions of about 13 tokens behind a prefix of 32, in batches of 24 photos. */
  @Test
  void batchesOfLikeLengthAreHardlyPadded() {
    int images = 6_000;
    int[] counts = new int[images];
    int[] lengths = new int[images];
    Random random = new Random(1);
    for (int image = 0; image < images; image++) {
      counts[image] = 5;
      for (int text = 0; text < 5; text++) {
        lengths[image] += Math.max(5, (int) Math.round(13 + 4 * random.nextGaussian()));
      }
    }
    assertThat(padding(new TextOrder(counts, 5, 3), lengths)).isGreaterThan(0.12);
    TextOrder order = new TextOrder(counts, lengths, 5, 120, 3);
    assertThat(padding(order, lengths)).isLessThan(0.05);
    assertThat(new HashSet<>(order.take(0, 5 * images))).hasSize(5 * images);
    assertThat(order.take(0, 5 * images)).isNotEqualTo(order.take(5L * images, 5 * images));
    assertThat(new TextOrder(counts, lengths, 5, 120, 3).take(700, 50))
        .isEqualTo(order.take(700, 50));
  }

  /** The share of positions of an epoch's batches that hold nothing. */
  private static double padding(TextOrder order, int[] lengths) {
    long held = 0;
    long taken = 0;
    for (long from = 0; from + 120 <= order.texts(); from += 120) {
      int[] images = order.take(from, 120).stream().mapToInt(Item::image).distinct().toArray();
      int longest = Arrays.stream(images).map(image -> 32 + lengths[image]).max().orElseThrow();
      taken += (long) longest * images.length;
      held += Arrays.stream(images).mapToLong(image -> 32L + lengths[image]).sum();
    }
    return 1 - (double) held / taken;
  }
}
