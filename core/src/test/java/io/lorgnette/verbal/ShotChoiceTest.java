package io.lorgnette.verbal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Examples against a slow computation of what is nearest. */
class ShotChoiceTest {

  private static final int POOL = 40;
  private static final int ASKED = 6;

  private static Rows random(int count, int width, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return new Rows(values, width);
  }

  private static BitSet all() {
    BitSet whole = new BitSet();
    whole.set(0, POOL);
    return whole;
  }

  private static double dot(Rows a, int i, Rows b, int j) {
    double sum = 0;
    for (int d = 0; d < a.width(); d++) {
      sum += a.values()[i * a.width() + d] * (double) b.values()[j * b.width() + d];
    }
    return sum;
  }

  @Test
  void theMostAlikeComeFirstMemberByMember() {
    Rows questions = random(POOL, 5, 1);
    Rows askedQuestions = random(ASKED, 5, 2);
    Rows images = random(POOL, 7, 3);
    Rows askedImages = random(ASKED, 7, 4);
    Likeness both = new Likeness(POOL).with(questions, askedQuestions).with(images, askedImages);
    ShotChoice choice = new ShotChoice(both, all(), POOL, 9);
    for (int asked = 0; asked < ASKED; asked++) {
      int question = asked;
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < POOL; i++) {
        order.add(i);
      }
      order.sort(
          Comparator.comparingDouble(
              i ->
                  -dot(questions, i, askedQuestions, question)
                      - dot(images, i, askedImages, question)));
      int[][] chosen = choice.choose(asked, 4, 5);
      assertThat(chosen).hasDimensions(5, 4);
      for (int member = 0; member < 5; member++) {
        for (int shot = 0; shot < 4; shot++) {
          assertThat(chosen[member][shot]).isEqualTo(order.get(member * 4 + shot));
        }
      }
    }
  }

  @Test
  void anExampleWithoutAnAnswerIsDrawnAnew() {
    Rows questions = random(POOL, 5, 1);
    Likeness likeness = new Likeness(POOL).with(questions, questions);
    int nearest = new ShotChoice(likeness, all(), POOL, 9).choose(3, 1, 1)[0][0];
    BitSet whole = all();
    whole.clear(nearest);
    int[][] chosen = new ShotChoice(likeness, whole, POOL, 9).choose(3, 2, 1);
    assertThat(chosen[0][0]).isNotEqualTo(nearest);
    assertThat(whole.get(chosen[0][0])).isTrue();
    assertThat(chosen[0][1])
        .isEqualTo(new ShotChoice(likeness, all(), POOL, 9).choose(3, 2, 1)[0][1]);
  }

  @Test
  void chanceDependsOnSeedAndQuestion() {
    ShotChoice choice = new ShotChoice(null, all(), POOL, 1);
    assertThat(choice.choose(2, 8, 2)).isDeepEqualTo(choice.choose(2, 8, 2));
    assertThat(choice.choose(2, 8, 2)[0]).isNotEqualTo(choice.choose(3, 8, 2)[0]);
    assertThat(choice.choose(2, 8, 2)[0])
        .isNotEqualTo(new ShotChoice(null, all(), POOL, 2).choose(2, 8, 2)[0]);
    assertThat(choice.choose(2, 0, 3)).hasDimensions(3, 0);
  }

  @Test
  void aPoolThatIsTooSmallIsSaid() {
    Rows rows = random(POOL, 5, 1);
    Likeness likeness = new Likeness(POOL).with(rows, rows);
    assertThatThrownBy(() -> new ShotChoice(likeness, all(), POOL, 1).choose(0, 9, 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there are 40");
    assertThatThrownBy(() -> new ShotChoice(null, new BitSet(), POOL, 1).choose(0, 1, 1))
        .isInstanceOf(InputException.class);
  }
}
