package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CiderRewardTest {

  private static final List<List<String>> CORPUS =
      List.of(
          List.of("A dog runs on the grass.", "A brown dog runs."),
          List.of("Two boats on a lake.", "Boats lie on the water."),
          List.of("A girl eats an apple.", "A girl with an apple."));

  private final CiderReward reward = CiderReward.of(CORPUS, CaptionTokens.PTB);

  @Test
  void isCiderWhereTheEndIsAWordOfAllCaptions() {
    // "dusk" and what it stands in is in no reference.
    List<String> said = List.of("A dog runs at dusk at dusk.", "Boats on a lake.", "A girl eats.");
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (int i = 0; i < said.size(); i++) {
      references.put("" + i, CORPUS.get(i).stream().map(CiderRewardTest::withEnd).toList());
      results.put("" + i, withEnd(said.get(i)));
    }
    double[] expected = CaptionScores.of(references, results).perImage("CIDEr");
    for (int i = 0; i < said.size(); i++) {
      assertThat(reward.image(CORPUS.get(i)).of(said.get(i), true))
          .as(said.get(i))
          .isCloseTo(expected[i], within(1e-12));
    }
  }

  private static String withEnd(String caption) {
    return caption.replace(".", " endword.");
  }

  @Test
  void aCaptionThatWasCutOffLacksTheEnd() {
    CiderReward.Image dog = reward.image(CORPUS.get(0));
    assertThat(dog.of("A brown dog runs", false))
        .isLessThan(dog.of("A brown dog runs", true) - 0.5);
    assertThat(dog.of("A brown dog runs.", true)).isEqualTo(dog.of("a brown dog runs", true));
  }

  @Test
  void lookingAtCaptionsChangesNothing() {
    CiderReward.Image dog = reward.image(CORPUS.get(0));
    double before = dog.of("A dog and a kite.", true);
    reward.image(List.of("A kite and a dog.", "A kite."));
    dog.of("Kites over dogs over kites.", true);
    assertThat(dog.of("A dog and a kite.", true)).isEqualTo(before);
  }

  @Test
  void wordsOfReferencesOutsideTheCorpusWeighAsUnseenOnes() {
    CiderReward.Image kite = reward.image(List.of("A kite up there."));
    assertThat(kite.of("A kite up there.", true)).isCloseTo(10, within(1e-9));
    assertThat(kite.of("A girl.", true)).isLessThan(2);
    assertThat(kite.of("", true)).isLessThan(kite.of("A girl.", true) + 2);
    assertThat(kite.of("", false)).isZero();
  }

  @Test
  void needsReferences() {
    assertThatThrownBy(() -> reward.image(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CiderReward.of(List.of(), CaptionTokens.PTB))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
