package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Words as the METEOR 1.5 jar made them of these sentences. */
class MeteorNormalizerTest {

  private static final MeteorNormalizer NORMALIZER =
      new MeteorNormalizer(Set.of("Mr", "e.g"), Set.of("No"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "The man is n't big .|the man is n 't big .",
        "man's|man 's",
        "man 's|man ' s",
        "rock'n'roll|rock 'n'roll",
        "90's|90 's",
        "a-b-c|a b-c",
        "x--y|x y",
        "x - y|x - y",
        "x.-y|x. y",
        "a,b,c|a , b,c",
        "1,000,a|1,000 , a",
        "U.S. man|us man",
        "u.s|u.s",
        "the end. a|the end. a",
        "the end. A|the end . a",
        "Mr. B|mr. b",
        "mr. B|mr . b",
        "No. 5|no. 5",
        "No. F|no . f",
        "a...b|a ... b",
        "``hi''|\" hi \"",
        "$5.00|$ 5.00",
        "naïve Жук 日本|naïve жук 日 本",
        "a_b|a _ b",
        "😀!|😀 !",
        "a\u00A0b|a b",
        "-lrb- x -rrb-|-lrb- x -rrb-",
        "twenty-one|twenty one"
      })
  void words(String sentence, String expected) {
    assertThat(String.join(" ", NORMALIZER.words(sentence))).isEqualTo(expected);
  }

  @Test
  void blanksAreNoWords() {
    assertThat(NORMALIZER.words("")).isEmpty();
    assertThat(NORMALIZER.words(" \u00A0\t\u3000 ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "de-DE", "ar-EG-u-nu-arab"})
  void theDefaultLocaleDoesNotMatter(String tag) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(tag));
      assertThat(NORMALIZER.words("TITANIC İ 1,5")).isEqualTo(List.of("titanic", "i̇", "1,5"));
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Plain sentences take a shorter way. */
  @Test
  void theShorterWayGivesTheSameWords() {
    Random random = new Random(1);
    String letters = "aZ9 ,.'-";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder sentence = new StringBuilder();
      int kinds = i % 2 == 0 ? 4 : letters.length(); // half of them without punctuation
      for (int k = random.nextInt(9); k > 0; k--) {
        sentence.append(letters.charAt(random.nextInt(kinds)));
      }
      String text = sentence.toString();
      assertThat(NORMALIZER.words(text)).as(text).isEqualTo(NORMALIZER.normalized(text));
    }
  }
}
