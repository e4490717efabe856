package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerTest {

  @TempDir Path folder;

  @Test
  void absentFileIsOneSentence() {
    assertThatThrownBy(() -> Tokenizer.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tokenizer.json: there is no such file; give");
  }

  @Test
  void brokenFilesAreOneSentence() throws IOException {
    byte[] whole = Files.readAllBytes(TokenizerGoldens.folder("gpt2").resolve("tokenizer.json"));
    assertRefused(new String(whole, 0, whole.length / 2, StandardCharsets.UTF_8), "not valid JSON");
    assertRefused("", "has no model.vocab");
    assertRefused("{\"model_type\": \"gpt2\"}", "has no model.vocab");
    assertRefused("{\"model\": {\"type\": \"BPE\", \"vocab\": {}}}", "holds no token");
    assertRefused("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}", "has the id -1");
    assertRefused(
        "{\"model\": {\"type\": \"Telepathy\", \"vocab\": {\"a\": 0}}}",
        "Hugging Face tokenizers can not read it");
  }

  private void assertRefused(String content, String message) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(file, content);
    assertThatThrownBy(() -> Tokenizer.load(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void sha256IsTheFiles() throws IOException {
    Path file = TokenizerGoldens.folder("bert").resolve("tokenizer.json");
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      assertThat(tokenizer.sha256())
          .isEqualTo(Sha256.of(Files.readAllBytes(file)))
          .isEqualTo("c44fc619c4d3a784270fe78af216b4f8267203c5bb939afc39a0849b8e5c69df");
    }
  }

  @Test
  void aCallAfterCloseIsRefused() {
    Tokenizer tokenizer = TokenizerGoldens.tokenizer("gpt2");
    tokenizer.close();
    tokenizer.close();
    assertThatThrownBy(() -> tokenizer.encode("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void manyThreadsGetTheSameIds() {
    List<TokenizerGoldens.Case> cases = TokenizerGoldens.cases("llama");
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("llama")) {
      boolean equal =
          IntStream.range(0, 20 * cases.size())
              .parallel()
              .mapToObj(i -> cases.get(i % cases.size()))
              .allMatch(
                  c ->
                      Arrays.equals(tokenizer.encode(c.text()), c.idsNoSpecial())
                          && tokenizer.decode(c.ids(), true).equals(c.decoded()));
      assertThat(equal).isTrue();
    }
  }

  @Test
  void oddTextsComeBackFromAByteLevelTokenizer() {
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("gpt2")) {
      for (String text :
          List.of("", " ", "\u0000", "a\u0000b", "\uD83D\uDC31 \uD83C\uDDEB\uD83C\uDDF7", "\r\n")) {
        assertThat(tokenizer.decode(tokenizer.encode(text), false)).isEqualTo(text);
      }
      String half = "half a pair \uD83D here";
      assertThat(tokenizer.decode(tokenizer.encode(half), false))
          .isEqualTo("half a pair \uFFFD here");
      assertThat(tokenizer.encodeAll(List.of(half))[0]).isEqualTo(tokenizer.encode(half));
    }
  }

  @Test
  void lowerCaseDoesNotFollowTheLocale() {
    Locale before = Locale.getDefault();
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("bert")) {
      int[] ids = tokenizer.encode("INSIDE A CITY");
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertThat(tokenizer.encode("INSIDE A CITY")).isEqualTo(ids);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void noRoomForSpecialTokensIsRefused() {
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("clip")) {
      assertThatThrownBy(() -> tokenizer.encodePadded("a cat", 1, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no room for 2 special tokens");
      assertThatThrownBy(() -> tokenizer.token(99_999)).hasMessageContaining("id 99999");
      assertThat(tokenizer.idOf("no such token")).isEmpty();
    }
  }
}
