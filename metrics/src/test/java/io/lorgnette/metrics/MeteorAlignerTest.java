package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.metrics.MeteorAligner.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeteorAlignerTest {

  private static Match match(int module, int test, int reference) {
    return new Match(module, test, 1, reference, 1);
  }

  @Test
  void twoInexactCandidatesAreNoBetterThanNone() {
    assertThat(MeteorAligner.align(List.of(match(1, 0, 0)), 1, 1)).hasSize(1);
    assertThat(MeteorAligner.align(List.of(match(1, 0, 0), match(2, 0, 0)), 1, 1)).isEmpty();
    Match phrase = new Match(3, 0, 2, 0, 2);
    assertThat(MeteorAligner.align(List.of(match(1, 0, 0), match(2, 0, 0), phrase), 2, 2))
        .containsExactly(phrase);
  }

  @Test
  void aChunkThatGoesOnCarriesAnInexactMatch() {
    List<Match> candidates = List.of(match(0, 1, 1), match(1, 0, 0), match(2, 0, 0));
    assertThat(MeteorAligner.align(candidates, 2, 2))
        .containsExactly(match(1, 0, 0), match(0, 1, 1));
  }

  /** Of exact matches alone no count is cut, so the best choice is the best of all choices. */
  @Test
  void exactMatchesAreAlignedAsWellAsCanBe() {
    long seed = 11;
    Random random = new Random(seed);
    for (int trial = 0; trial < 400; trial++) {
      int[] test = random.ints(1 + random.nextInt(5), 0, 3).toArray();
      int[] reference = random.ints(1 + random.nextInt(5), 0, 3).toArray();
      List<Match> candidates = new ArrayList<>();
      for (int j = 0; j < reference.length; j++) {
        for (int i = 0; i < test.length; i++) {
          if (test[i] == reference[j]) {
            candidates.add(match(0, i, j));
          }
        }
      }
      List<Match> chosen = MeteorAligner.align(candidates, test.length, reference.length);
      assertThat(new int[] {chosen.size(), -chunks(chosen)})
          .as("seed %d, trial %d", seed, trial)
          .isEqualTo(best(candidates, 0, new ArrayList<>()));
    }
  }

  /** Tries every set of matches that share no word: the most matches, then the fewest chunks. */
  private static int[] best(List<Match> candidates, int from, List<Match> chosen) {
    if (from == candidates.size()) {
      return new int[] {chosen.size(), -chunks(chosen)};
    }
    int[] without = best(candidates, from + 1, chosen);
    Match next = candidates.get(from);
    if (chosen.stream()
        .anyMatch(other -> other.test() == next.test() || other.reference() == next.reference())) {
      return without;
    }
    chosen.add(next);
    int[] with = best(candidates, from + 1, chosen);
    chosen.remove(chosen.size() - 1);
    boolean better = with[0] > without[0] || (with[0] == without[0] && with[1] > without[1]);
    return better ? with : without;
  }

  /** Of matches by ascending place in the reference. */
  private static int chunks(List<Match> matches) {
    int chunks = 0;
    for (int i = 0; i < matches.size(); i++) {
      boolean goesOn =
          i > 0
              && matches.get(i).test() == matches.get(i - 1).test() + 1
              && matches.get(i).reference() == matches.get(i - 1).reference() + 1;
      chunks += goesOn ? 0 : 1;
    }
    return chunks;
  }
}
