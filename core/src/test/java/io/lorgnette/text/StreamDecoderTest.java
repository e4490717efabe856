package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class StreamDecoderTest {

  static final List<String> KINDS = List.of(TokenizerGoldens.KINDS);

  private static List<String> pieces(Tokenizer tokenizer, int[] ids, boolean skipSpecials) {
    StreamDecoder stream = tokenizer.stream(skipSpecials);
    List<String> pieces = new ArrayList<>();
    for (int id : ids) {
      pieces.add(stream.add(id));
    }
    pieces.add(stream.finish());
    return pieces;
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void piecesTogetherEqualTheWholeText(String kind) {
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer(kind)) {
      for (TokenizerGoldens.Case c : TokenizerGoldens.cases(kind)) {
        assertThat(String.join("", pieces(tokenizer, c.ids(), true))).isEqualTo(c.decoded());
        assertThat(String.join("", pieces(tokenizer, c.ids(), false)))
            .isEqualTo(c.decodedKeepSpecial());
      }
    }
  }

  /** Models emit ids in any order: broken characters, special tokens, spaces anywhere. */
  @ParameterizedTest
  @FieldSource("KINDS")
  void piecesOfRandomIdsEqualTheWholeText(String kind) {
    SplittableRandom random = new SplittableRandom(7);
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer(kind)) {
      for (int round = 0; round < 300; round++) {
        // Low ids hold the special tokens and raw bytes, so half of the rounds stay there.
        int bound = round % 2 == 0 ? tokenizer.vocabularySize() : 270;
        int[] ids = random.ints(1 + random.nextInt(30), 0, bound).toArray();
        for (boolean skip : new boolean[] {true, false}) {
          assertThat(String.join("", pieces(tokenizer, ids, skip)))
              .as("ids %s, skip %s", ids, skip)
              .isEqualTo(tokenizer.decode(ids, skip));
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void textComesBeforeTheEndAndOnlyInWholeCharacters(String kind) {
    String text = "a cat \uD83D\uDC31 sat on the m\u00E4t near \u732B and a dog.";
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer(kind)) {
      int[] ids = tokenizer.encode(text);
      List<String> pieces = pieces(tokenizer, ids, true);
      boolean lossless = tokenizer.decode(ids, true).indexOf('\uFFFD') < 0;
      for (String piece : pieces) {
        assertThat(lossless && piece.indexOf('\uFFFD') >= 0).as(pieces.toString()).isFalse();
        assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
            .isTrue();
      }
      assertThat(pieces.get(pieces.size() - 1)).as("held back to the end").isEmpty();
      assertThat(pieces.stream().filter(p -> !p.isEmpty()).count()).isGreaterThan(8);
    }
  }

  @Test
  void anEmojiWaitsForItsLastByte() {
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("gpt2")) {
      int[] ids = tokenizer.encode("\uD83E\uDD92");
      assertThat(ids).hasSizeGreaterThan(1);
      List<String> pieces = pieces(tokenizer, ids, false);
      assertThat(pieces.subList(0, ids.length - 1)).containsOnly("");
      assertThat(pieces.get(ids.length - 1)).isEqualTo("\uD83E\uDD92");
    }
  }

  @Test
  void leadingSpacesOfWordsAreKept() {
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("llama")) {
      int[] ids = tokenizer.encodeWithSpecials("a dog and a cat");
      List<String> pieces = pieces(tokenizer, ids, true);
      assertThat(pieces.get(0)).isEmpty();
      assertThat(pieces.get(1)).isEqualTo("a");
      assertThat(pieces.get(2)).startsWith(" ");
    }
  }

  @Test
  void anIdAfterTheEndIsRefused() {
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("gpt2")) {
      StreamDecoder stream = tokenizer.stream(true);
      assertThat(stream.finish()).isEmpty();
      assertThatThrownBy(() -> stream.add(5)).isInstanceOf(IllegalStateException.class);
    }
  }
}
