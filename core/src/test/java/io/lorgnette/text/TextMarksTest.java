package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.testing.Golden;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextMarksTest {

  /** What BERT's own template does. */
  @Test
  void bertTextsAreMarkedAsItsTokenizerMarksThem() {
    try (Tokenizer bert = Tokenizer.load(Golden.resource("goldens/tokenizers/bert"))) {
      TextMarks marks = TextMarks.of(bert);
      int pad = bert.idOf("[PAD]").orElseThrow();
      for (String text : List.of("", "a cat", "two zebras at a river in the evening light")) {
        for (int length : new int[] {3, 5, 12}) {
          PaddedIds expected = bert.encodePadded(text, length, pad);
          PaddedIds got = marks.encode(text, length);
          assertThat(got.ids()).as(text).containsExactly(expected.ids());
          assertThat(got.mask()).as(text).containsExactly(expected.mask());
        }
      }
      assertThatThrownBy(() -> marks.encode("a", 2)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void othersHaveTheirEndAtBothEnds() {
    try (Tokenizer gpt2 = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"))) {
      int end = gpt2.idOf("<|endoftext|>").orElseThrow();
      int[] words = gpt2.encode("a cat");
      PaddedIds got = TextMarks.of(gpt2).encode("a cat", 6);
      assertThat(got.ids()).containsExactly(end, words[0], words[1], end, end, end);
      assertThat(got.mask()).containsExactly(1, 1, 1, 1, 0, 0);
    }
  }
}
