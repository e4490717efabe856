package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlipCaptionTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "A dog .|a dog",
        "A dog.|a dog",
        "A dog, a cat - and it's \"raining\"!|a dog, a cat - and it's raining",
        "(ONE) #two * three:four;five~six|one two three four five six",
        "what? yes...|what? yes",
        "`  two   spaces `|two spaces",
        "!!!|``"
      },
      delimiter = '|')
  void losesPunctuationAndCapitals(String caption, String expected) {
    assertThat(BlipCaption.of(caption)).isEqualTo(expected);
    assertThat(BlipCaption.of(expected)).isEqualTo(expected);
  }

  @Test
  void runsOfSpaceOfAnyKindBecomeOneSpace() {
    assertThat(BlipCaption.of("a\n\n dog\u00a0\u2003runs .\n")).isEqualTo("a dog runs");
    assertThat(BlipCaption.of("a\tdog\n")).isEqualTo("a\tdog"); // a single one stays
  }

  @Test
  void longCaptionsAreCut() {
    String long60 = "word ".repeat(60);
    assertThat(BlipCaption.of(long60).split(" ", -1)).hasSize(50);
    assertThat(BlipCaption.of("a b c d", 3)).isEqualTo("a b c");
    assertThat(BlipCaption.of("a b c", 3)).isEqualTo("a b c");
  }

  @Test
  void theLocaleChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr"));
      assertThat(BlipCaption.of("TITLE I")).isEqualTo("title i");
    } finally {
      Locale.setDefault(before);
    }
  }
}
