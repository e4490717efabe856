package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TextInfillingTest {

  private static final long MASK = -7;

  /** Tokens that all differ, so that what is kept can be told from its neighbours. */
  private static long[] text(int length) {
    return LongStream.range(0, length).map(i -> 1000 + i).toArray();
  }

  /**
   * Puts what is missing back: between two kept tokens stands a mask, and what it stands for are
   * the tokens between them.
   */
  private static long[] filled(long[] corrupted, long[] text) {
    LongStream.Builder filled = LongStream.builder();
    int at = 0;
    for (int i = 0; i < corrupted.length; i++) {
      if (corrupted[i] != MASK) {
        filled.add(corrupted[i]);
        at++;
        continue;
      }
      long next = i + 1 < corrupted.length ? corrupted[i + 1] : 1000 + text.length;
      while (at < text.length && text[at] != next) {
        filled.add(text[at++]);
      }
    }
    return filled.build().toArray();
  }

  @Test
  void theTextComesBackFromWhatIsLeftAndTheTarget() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 2000; round++) {
      TextInfilling infilling =
          new TextInfilling(random.nextDouble(0.01, 0.9), random.nextDouble(0.5, 10));
      long[] text = text(random.nextInt(1, 200));
      long[] corrupted = infilling.corrupt(text, random.nextLong(), MASK);
      assertThat(filled(corrupted, text)).as(Arrays.toString(corrupted)).isEqualTo(text);
      assertThat(corrupted.length).isLessThanOrEqualTo(text.length);
      long kept = Arrays.stream(corrupted).filter(id -> id != MASK).count();
      long masked = Math.max(1, Math.round(infilling.share() * text.length));
      assertThat(text.length - kept).isEqualTo(masked);
      for (int i = 1; i < corrupted.length; i++) {
        assertThat(corrupted[i] == MASK && corrupted[i - 1] == MASK).isFalse();
      }
    }
  }

  @Test
  void spansHaveTheMeanLengthAndFallEvenlyButAtTheEnds() {
    TextInfilling infilling = new TextInfilling(0.3, 3);
    long[] text = text(100);
    int rounds = 20_000;
    long spans = 0;
    int[] kept = new int[100];
    for (int round = 0; round < rounds; round++) {
      for (long id : infilling.corrupt(text, round, MASK)) {
        if (id == MASK) {
          spans++;
        } else {
          kept[(int) id - 1000]++;
        }
      }
    }
    // The span that is cut short makes the mean a little smaller.
    assertThat(30.0 * rounds / spans).isCloseTo(2.85, within(0.15));
    for (int i = 6; i < 94; i++) {
      assertThat(kept[i] / (double) rounds).as("token %d", i).isCloseTo(0.69, within(0.03));
    }
    // The first and the last token have one span that can reach them: that in the outermost of 71
    // gaps, if it has a length.
    double nonEmpty = (1 - Math.exp(-3)) * spans / rounds;
    assertThat(kept[0] / (double) rounds).isCloseTo(1 - nonEmpty / 71, within(0.015));
    assertThat(kept[99] / (double) rounds).isCloseTo(kept[0] / (double) rounds, within(0.015));
  }

  @Test
  void theSameDrawGivesTheSameMasks() {
    TextInfilling infilling = new TextInfilling(0.3, 3);
    long[] text = text(64);
    long[] first = infilling.corrupt(text, 3, MASK);
    assertThat(infilling.corrupt(text, 3, MASK)).isEqualTo(first);
    assertThat(infilling.corrupt(text, 4, MASK)).isNotEqualTo(first);
  }

  @Test
  void aTextOfOneTokenBecomesAMask() {
    assertThat(new TextInfilling(0.3, 3).corrupt(new long[] {5}, 1, MASK)).containsExactly(MASK);
  }

  @Test
  void rowsArePaddedOnTheRight() {
    assertThat(TextRows.block(new long[][] {{1}, {2, 3}}, 9)).containsExactly(1, 9, 2, 3);
  }
}
