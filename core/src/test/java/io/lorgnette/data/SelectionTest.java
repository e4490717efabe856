package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Annotations.Entry;
import io.lorgnette.data.Selection.Fold;
import io.lorgnette.data.Selection.Fraction;
import io.lorgnette.data.Selection.HoldOut;
import io.lorgnette.data.Selection.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final List<Entry> ENTRIES =
      IntStream.range(0, 1000)
          .mapToObj(i -> new Entry("image" + i, i + ".jpg", 1, 0, Slices.of(i)))
          .toList();

  private static Selection subset(double fraction, long seed) {
    return new Selection(Optional.empty(), fraction, seed, Optional.empty());
  }

  private static Selection holdOut(double fraction, long seed, Side side) {
    return new Selection(
        Optional.of(new HoldOut(new Fraction(fraction), seed, side)), 1, 1, Optional.empty());
  }

  @Test
  void onePercentIsTheSameEverywhere() {
    // Computed apart, by another program: sort by the first 8 bytes of SHA-256("1\nimageN"),
    // signed.
    assertThat(subset(0.01, 1).of(ENTRIES).stream().map(Entry::image))
        .containsExactly(
            "12.jpg", "46.jpg", "236.jpg", "397.jpg", "540.jpg", "548.jpg", "580.jpg", "652.jpg",
            "678.jpg", "800.jpg");
  }

  @Test
  void theDrawKeepsTheOrderAndHangsOnTheSeed() {
    List<Entry> one = subset(0.1, 7).of(ENTRIES);
    assertThat(one).hasSize(100).isEqualTo(subset(0.1, 7).of(ENTRIES));
    assertThat(one).isNotEqualTo(subset(0.1, 8).of(ENTRIES));
    assertThat(ENTRIES.stream().filter(Set.copyOf(one)::contains)).containsExactlyElementsOf(one);
    assertThat(one).containsAll(subset(0.01, 7).of(ENTRIES));
  }

  @Test
  void theDrawDoesNotHangOnTheOrderOfTheFile() {
    List<Entry> shuffled = new ArrayList<>(ENTRIES);
    Collections.shuffle(shuffled, new Random(3));
    assertThat(subset(0.05, 7).of(shuffled))
        .containsExactlyInAnyOrderElementsOf(subset(0.05, 7).of(ENTRIES));
  }

  @Test
  void theSidesOfAHoldOutAreEverythingAndShareNothing() {
    List<Entry> held = holdOut(0.06, 5, Side.HELD).of(ENTRIES);
    List<Entry> rest = holdOut(0.06, 5, Side.REST).of(ENTRIES);
    assertThat(held).hasSize(60).doesNotContainAnyElementsOf(rest);
    Set<Entry> all = new HashSet<>(held);
    all.addAll(rest);
    assertThat(all).containsExactlyInAnyOrderElementsOf(ENTRIES);
  }

  @Test
  void smallSetsKeepOneImageAndTheLimitCutsLast() {
    assertThat(subset(0.01, 1).of(ENTRIES.subList(0, 3))).hasSize(1);
    Selection both =
        new Selection(
            Optional.of(new HoldOut(new Fraction(0.5), 1, Side.REST)), 0.5, 1, Optional.of(7));
    assertThat(both.of(ENTRIES)).hasSize(7);
    assertThat(holdOut(0.5, 1, Side.REST).of(ENTRIES)).containsAll(both.of(ENTRIES));
    assertThat(Selection.all().of(ENTRIES)).isEqualTo(ENTRIES);
  }

  private static List<Entry> fold(int number, long seed, List<Entry> entries, Side side) {
    HoldOut held = new HoldOut(new Fold(number, 5), seed, side);
    return new Selection(Optional.of(held), 1, 1, Optional.empty()).of(entries);
  }

  @Test
  void everyImageIsHeldOutInOneFold() {
    List<Entry> all = new ArrayList<>();
    for (int number = 1; number <= 5; number++) {
      List<Entry> held = fold(number, 1, ENTRIES, Side.HELD);
      assertThat(held).hasSizeBetween(150, 250);
      assertThat(fold(number, 1, ENTRIES, Side.REST))
          .hasSize(1000 - held.size())
          .doesNotContainAnyElementsOf(held);
      all.addAll(held);
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(ENTRIES);
    assertThat(fold(1, 2, ENTRIES, Side.HELD)).isNotEqualTo(fold(1, 1, ENTRIES, Side.HELD));
  }

  @Test
  void theFoldOfAnImageIsTheSameInEverySet() {
    // Computed apart, by another program: the first 8 bytes of SHA-256("1\nimageN"), signed, mod 5.
    assertThat(fold(1, 1, ENTRIES.subList(0, 20), Side.HELD).stream().map(Entry::image))
        .containsExactly("4.jpg", "5.jpg", "10.jpg", "11.jpg");
    List<Entry> later = ENTRIES.subList(500, 1000);
    assertThat(fold(3, 1, later, Side.HELD))
        .isEqualTo(
            fold(3, 1, ENTRIES, Side.HELD).stream().filter(Set.copyOf(later)::contains).toList());
  }
}
