package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The endings are all those that occur in Flickr8k and COCO; the sentences are made up. */
class CaptionTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A red kite over two hills",
        "A red kite over two hills.",
        "A red kite over two hills .",
        "A red kite over two hills..",
        "A red kite over two hills ...",
        "A red kite over two hills. ",
        "A red kite over two hills.\n",
        "A red kite over two hills. \n\n",
        "A red kite over two hills\n.",
        "A red kite over two hills  ",
        "  A red kite over\ttwo hills\u00a0.",
        "A red\nkite over  two hills",
        "A red kite over two hills ,",
        "A red kite over two hills , .",
        "A red kite over two hills/",
        "A red kite over two hills !",
        "A red kite over two hills!",
        "A red kite over two hills?\n",
        "A red kite over two hills ;",
        "A red kite over two \" hills \" .",
        "A red kite over two \"hills\".",
        "A red kite over two \"hills.\"",
        "A red kite over two \" hills . \"",
        "A red kite over two \" hills ? \" .",
        "A red kite over two \" hills ! \"",
        "A red kite over \" two hills \" ?",
        "A red kite over ' two hills ' .",
        "A red kite over 'two hills'.",
        "A red kite over two (hills).",
        "A red kite over [two hills]",
        "A red kite over “two hills”.",
        "a red kite over two hills .",
        "A RED KITE OVER TWO HILLS",
        "a RED KITE OVER TWO HILLS",
      })
  void everyEndingBecomesOneAttachedFullStop(String caption) {
    assertThat(CaptionText.training(caption)).isEqualTo("A red kite over two hills.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Two dogs , one ball ; nobody else .          | Two dogs, one ball; nobody else.
          A girl 's hat and two ATV 's                 | A girl's hat and two ATV's.
          You ca n't see the moon .                    | You can't see the moon.
          A boy runs . Another boy looks on .          | A boy runs. Another boy looks on.
          A sign says " stop here " near a wall .      | A sign says stop here near a wall.
          Player # 28 jumps high                       | Player # 28 jumps high.
          a dog ( a big one ) barks                    | A dog (a big one) barks.
          Boats near the harbour of Washington D.C.    | Boats near the harbour of Washington D.C.
          Boats near the harbour of Washington D.C. .  | Boats near the harbour of Washington D.C.
          a S.C.U.B.A. diver                           | A S.C.U.B.A. diver.
          A sign with the number "500".                | A sign with the number 500.
          the girls' team                              | The girls' team.
          a red TV                                     | A red TV.
          TV ON A DESK                                 | Tv on a desk.
          A TV                                         | A TV.
          dog barking                                  | Dog barking.
          Ein Haus am Fluß                             | Ein Haus am Fluß.
          écureuil gris                                | Écureuil gris.
          犬が走る。                                     | 犬が走る.
          a Hindi word: हिन्दी                           | A Hindi word: हिन्दी.
          """)
  void textIsRunningText(String caption, String expected) {
    assertThat(CaptionText.training(caption)).isEqualTo(expected);
    assertThat(CaptionText.training(expected)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "\" \" .", "…"})
  void captionsWithoutWordsAreRefused(String caption) {
    assertThat(CaptionText.hasWords(caption)).isFalse();
    assertThatThrownBy(() -> CaptionText.training(caption))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void turkishLocaleChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(CaptionText.training("IN THE WHITE KITCHEN I"))
          .isEqualTo("In the white kitchen i.");
      assertThat(CaptionText.training("in a hat")).isEqualTo("In a hat.");
    } finally {
      Locale.setDefault(before);
    }
  }
}
