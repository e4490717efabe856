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
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which files are chosen, and what is said about files that are broken or do not match. */
final class LegacyTokenizerTest {

  @TempDir Path folder;

  private void copy(String kind, String... files) throws IOException {
    for (String file : files) {
      Files.copy(TokenizerGoldens.folder(kind).resolve(file), folder.resolve(file));
    }
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> Tokenizer.load(folder).close())
        .isInstanceOf(InputException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts).contains(folder.toString()));
  }

  /** The bare files give what the tokenizer.json beside them gives, special tokens apart. */
  @ParameterizedTest
  @CsvSource({
    "gpt2,vocab.json merges.txt,69",
    "opt,vocab.json merges.txt,67",
    "clip,vocab.json merges.txt,69",
    "bert,vocab.txt,69",
    "llama,tokenizer.model,69",
    "t5,spiece.model,69"
  })
  void bareFilesEqualTheirDefinition(String kind, String files, int equal) throws IOException {
    copy(kind, files.split(" ", -1));
    int same = 0;
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      for (TokenizerGoldens.Case c : TokenizerGoldens.cases(kind)) {
        boolean ids = Arrays.equals(tokenizer.encodeWithSpecials(c.text()), c.ids());
        same += ids && tokenizer.decode(c.ids(), false).equals(c.decodedKeepSpecial()) ? 1 : 0;
      }
    }
    assertThat(same).isEqualTo(equal);
  }

  @Test
  void oneOlderFileLeadsToItsFolder() throws IOException {
    copy("gpt2", "vocab.json", "merges.txt");
    try (Tokenizer whole = Tokenizer.load(folder);
        Tokenizer file = Tokenizer.load(folder.resolve("vocab.json"));
        Tokenizer model =
            Tokenizer.load(TokenizerGoldens.folder("llama").resolve("tokenizer.model"))) {
      assertThat(file.sha256()).isEqualTo(whole.sha256());
      assertThat(model.encodeWithSpecials("a")).containsExactly(1, 260);
    }
  }

  @Test
  void tokenizerJsonComesFirst() throws IOException {
    copy("gpt2", "tokenizer.json");
    copy("bert", "vocab.txt");
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(tokenizer.sha256())
          .isEqualTo(Sha256.of(Files.readAllBytes(folder.resolve("tokenizer.json"))));
    }
  }

  @Test
  void modelTypeDecidesWhereNoClassIsNamed() throws IOException {
    copy("qwen2", "vocab.json", "merges.txt");
    assertRefused("does not show what kind it is", "tokenizer_config.json");
    write(
        "config.json", "{\"model_type\": \"llava\", \"text_config\": {\"model_type\": \"qwen2\"}}");
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      // Single digits are Qwen2's; GPT-2's pattern would keep a number together.
      assertThat(tokenizer.encode("1234")).hasSize(4);
      assertThat(tokenizer.idOf("<|endoftext|>")).hasValue(699);
    }
  }

  @Test
  void filesThatDoNotBelongTogetherAreRefused() throws IOException {
    copy("llama", "tokenizer.model");
    write("tokenizer_config.json", "{\"tokenizer_class\": \"T5Tokenizer\"}");
    assertRefused("model of byte pairs", "T5");
    write("tokenizer_config.json", "{\"tokenizer_class\": \"GPT2Tokenizer\"}");
    assertRefused("vocab.json", "GPT2 needs it");
    write("tokenizer_config.json", "{\"tokenizer_class\": \"CpmAntTokenizer\"}");
    assertRefused("CpmAntTokenizer", "add its tokenizer.json");
    write("tokenizer_config.json", "{\"split_special_tokens\": true}");
    assertRefused("split_special_tokens");
    write("tokenizer_config.json", "{\"legacy\": \"yes\"}");
    assertRefused("legacy", "true or false");
    write("tokenizer_config.json", "{");
    assertRefused("not valid JSON");
    Files.delete(folder.resolve("tokenizer_config.json"));
    write("added_tokens.json", "{\"<image>\": 900}");
    assertRefused("<image>", "900", "its id is 800");
  }

  @Test
  void brokenVocabulariesAreRefused() throws IOException {
    write("vocab.txt", "a\nb\n");
    assertRefused("[UNK]", "not a vocabulary of word pieces");
    write("vocab.json", "{\"<|endoftext|>\": 0, \"a\": 1, \"b\": 2}");
    write("merges.txt", "#version: 0.2\na b\n");
    assertRefused("Hugging Face tokenizers can not read it");
    write("merges.txt", "#version: 0.2\na b c\n");
    assertRefused("merges.txt, line 2", "two tokens");
    write("vocab.json", "[1, 2]");
    assertRefused("not a table of tokens and ids");
    write("vocab.json", "{}");
    assertRefused("holds no tokens");
  }

  @Test
  void everyCutOffModelIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(TokenizerGoldens.folder("llama").resolve("tokenizer.model"));
    int refused = 0;
    for (int length = 0; length < whole.length; length += 37) {
      byte[] part = Arrays.copyOf(whole, length);
      try {
        SentencePieceFile.parse(part, "part");
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("part: is not a whole SentencePiece model");
        refused++;
      }
    }
    // A cut between two fields leaves a smaller, valid message; few of the cuts fall there.
    assertThat(refused).isGreaterThan(whole.length / 37 * 3 / 4);
  }

  @Test
  void hostileModelsAreRefused() {
    // A piece that claims two gigabytes; a number without end; a group.
    assertHostile(new byte[] {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07});
    byte[] endless = new byte[12];
    Arrays.fill(endless, (byte) 0xFF);
    assertHostile(endless);
    assertHostile(new byte[] {0x0B});
    assertHostile("IQ== 0\nIg== 1\n".getBytes(StandardCharsets.UTF_8));
  }

  private static void assertHostile(byte[] bytes) {
    assertThatThrownBy(() -> SentencePieceFile.parse(bytes, "hostile.model"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("hostile.model: is not a whole SentencePiece model");
  }

  /** The native library would end the process on a map that points outside itself. */
  @Test
  void aChangedMapOfCharactersIsRefusedOrHarmless() throws IOException {
    byte[] whole = Files.readAllBytes(TokenizerGoldens.folder("t5").resolve("spiece.model"));
    byte[] map = SentencePieceFile.parse(whole, "whole").charsMap();
    assertThat(map).hasSizeGreaterThan(100_000);
    int start = indexOf(whole, Arrays.copyOf(map, 64));
    List<String> texts = TokenizerGoldens.cases("t5").stream().map(c -> c.text()).toList();
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 40; round++) {
      byte[] changed = whole.clone();
      for (int i = 0; i < 20; i++) {
        changed[start + random.nextInt(map.length)] = (byte) random.nextInt(256);
      }
      Files.write(folder.resolve("spiece.model"), changed);
      try (Tokenizer tokenizer = Tokenizer.load(folder)) {
        assertThat(tokenizer.encodeAll(texts)).hasNumberOfRows(texts.size());
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("map of characters");
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 40);
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("the map is not in the file");
  }
}
