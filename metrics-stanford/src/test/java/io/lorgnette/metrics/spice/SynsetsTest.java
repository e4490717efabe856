package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SynsetsTest {

  private static final Synsets SYNSETS = new Synsets();

  @Test
  void aWordHasTheSetsOfAllItsPartsOfSpeech() {
    assertThat(SYNSETS.of("dog"))
        .containsExactlyInAnyOrder(
            2084071L, 3901548L, 2710044L, 7676602L, 10023039L, 10114209L, 9886220L, 2001858L);
  }

  @Test
  void aPhraseIsAWordToo() {
    assertThat(SYNSETS.of("hot dog")).containsExactlyInAnyOrder(7676602L, 7697537L, 10187710L);
  }

  @Test
  void baseFormsCountByExceptionOrByRule() {
    assertThat(SYNSETS.of("geese")).containsAll(SYNSETS.of("goose")).isNotEmpty();
    assertThat(SYNSETS.of("shorter")).containsAll(SYNSETS.of("short")).isNotEmpty();
    assertThat(SYNSETS.of("tails")).containsAll(SYNSETS.of("tail")).isNotEmpty();
  }

  @Test
  void unknownWordsHaveNone() {
    assertThat(SYNSETS.of("skateboarderish")).isEmpty();
    assertThat(SYNSETS.of("on top of")).isEmpty();
    assertThat(SYNSETS.of("s")).isNotEmpty();
    assertThat(SYNSETS.of("")).isEmpty();
  }
}
