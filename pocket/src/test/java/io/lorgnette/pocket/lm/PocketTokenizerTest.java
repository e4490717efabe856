package io.lorgnette.pocket.lm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What captioning and question answering rely on in the embedded tokenizer. */
final class PocketTokenizerTest {

  private static Tokenizer tokenizer;

  @BeforeAll
  static void load() throws IOException {
    String resource = "/io/lorgnette/pocket/lm/tokenizer.json";
    try (InputStream in = PocketTokenizerTest.class.getResourceAsStream(resource)) {
      tokenizer = Tokenizer.load(in.readAllBytes(), resource);
    }
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void has8192EntriesAndItsTwoSpecialTokensFirst() {
    assertThat(tokenizer.vocabularySize()).isEqualTo(8192);
    assertThat(tokenizer.idOf("<|endoftext|>")).hasValue(0);
    assertThat(tokenizer.idOf("<|pad|>")).hasValue(1);
    assertThat(tokenizer.encode("<|endoftext|>")).containsExactly(0);
    assertThat(tokenizer.encodeWithSpecials("a dog")).isEqualTo(tokenizer.encode("a dog"));
    assertThat(tokenizer.decode(new int[] {0, 1}, true)).isEmpty();
  }

  @Test
  void everyTextComesBack() {
    for (String text :
        List.of(
            "",
            " ",
            "   two   blanks  ",
            "tab\tnew\r\nline\n\n\n",
            "It's the dogs' park; THEY'VE said \"no\"!?...",
            "na\u00EFve caf\u00E9, \u732B\u304C\u5BDD\u308B, \u0440\u0443\u0441\u0441\u043A\u0438\u0439",
            "\uD83D\uDC31\u200D\uD83D\uDC64 \uD83C\uDDEB\uD83C\uDDF7",
            "e\u0301 is not \u00E9",
            "\u0000\u0001\u007F",
            " a leading space")) {
      assertThat(tokenizer.decode(tokenizer.encode(text), false)).isEqualTo(text);
    }
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 200; round++) {
      int[] points =
          random
              .ints(random.nextInt(40), 0, 0x3000)
              .map(c -> random.nextBoolean() ? c % 128 : c)
              .toArray();
      String text = new String(points, 0, points.length);
      assertThat(tokenizer.decode(tokenizer.encode(text), false)).as(text).isEqualTo(text);
    }
  }

  @Test
  void aFullStopIsOneTokenWhateverComesBefore() {
    int stop = tokenizer.idOf(".").orElseThrow();
    for (String before :
        List.of(
            "A dog runs",
            "in 1984",
            "says \"no\"",
            "(the end)",
            "U.S",
            "wait..",
            "why?",
            "50%",
            "the dogs'",
            "caf\u00E9",
            "\uD83D\uDC31",
            "a cat ",
            "",
            " ",
            "\n",
            "!!!",
            "at 5 p.m")) {
      int[] ids = tokenizer.encode(before + ".");
      assertThat(ids[ids.length - 1]).as(before).isEqualTo(stop);
      assertThat(Arrays.copyOf(ids, ids.length - 1)).as(before).isEqualTo(tokenizer.encode(before));
    }
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      assertThat(id == stop || !tokenizer.token(id).contains(".")).as(tokenizer.token(id)).isTrue();
    }
  }

  @Test
  void digitsAreSplit() {
    assertThat(tokenizer.encode("1984")).hasSize(4);
    assertThat(tokenizer.encode(" Answer: 12")).hasSize(4);
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      String token = tokenizer.token(id);
      if (token.chars().anyMatch(Character::isDigit)) {
        assertThat(token.replace("\u0120", "")).as("token %s", id).hasSize(1);
      }
    }
  }

  @Test
  void aFirstWordHasNoSpaceInFront() {
    int[] ids = tokenizer.encode("A dog");
    assertThat(tokenizer.token(ids[0])).isEqualTo("A");
    assertThat(tokenizer.token(ids[1])).isEqualTo("\u0120dog");
    int[] asked = tokenizer.encode("Question: What is it? Answer: red. Question: Why?");
    assertThat(Arrays.stream(asked).mapToObj(tokenizer::token))
        .startsWith("Question", ":")
        .contains("\u0120Answer", "\u0120Question");
  }
}
