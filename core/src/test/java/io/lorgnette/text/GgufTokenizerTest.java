package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused of the vocabularies in GGUF files, and what silence means in them. */
final class GgufTokenizerTest {

  private static final String PREFIX = "tokenizer.ggml.";

  @TempDir Path folder;

  /** Two letters, their pair and an end. */
  private static Map<String, Object> pairs() {
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("general.architecture", "llama");
    entries.put(PREFIX + "model", "gpt2");
    entries.put(PREFIX + "pre", "gpt-2");
    entries.put(PREFIX + "tokens", List.of("a", "b", "ab", "<end>"));
    entries.put(PREFIX + "token_type", List.of(1, 1, 1, 3));
    entries.put(PREFIX + "merges", List.of("a b"));
    entries.put(PREFIX + "bos_token_id", 3L);
    return entries;
  }

  private static Map<String, Object> pieces() {
    Map<String, Object> entries = pairs();
    entries.put(PREFIX + "model", "llama");
    entries.put(PREFIX + "pre", "default");
    entries.put(PREFIX + "scores", List.of(-1f, -2f, -3f, 0f));
    entries.remove(PREFIX + "merges");
    return entries;
  }

  private Path write(Map<String, Object> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.write(number(3, 4));
    out.write(number(0, 8));
    out.write(number(entries.size(), 8));
    for (Map.Entry<String, Object> entry : entries.entrySet()) {
      out.write(text(entry.getKey()));
      out.write(number(type(entry.getValue()), 4));
      if (entry.getValue() instanceof List<?> list) {
        out.write(number(list.isEmpty() ? 8 : type(list.get(0)), 4));
        out.write(number(list.size(), 8));
        for (Object element : list) {
          out.write(value(element));
        }
      } else {
        out.write(value(entry.getValue()));
      }
    }
    return Files.write(folder.resolve("made.gguf"), out.toByteArray());
  }

  private static int type(Object value) {
    if (value instanceof String) {
      return 8;
    }
    if (value instanceof List<?>) {
      return 9;
    }
    if (value instanceof Float) {
      return 6;
    }
    if (value instanceof Boolean) {
      return 7;
    }
    return value instanceof Integer ? 5 : 10;
  }

  private static byte[] value(Object value) {
    if (value instanceof String text) {
      return text(text);
    }
    if (value instanceof Float real) {
      return number(Float.floatToIntBits(real), 4);
    }
    if (value instanceof Boolean flag) {
      return number(flag ? 1 : 0, 1);
    }
    return value instanceof Integer whole ? number(whole, 4) : number((Long) value, 8);
  }

  private static byte[] text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + utf8.length).put(number(utf8.length, 8)).put(utf8).array();
  }

  private static byte[] number(long value, int bytes) {
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return java.util.Arrays.copyOf(all, bytes);
  }

  private void assertRefused(Map<String, Object> entries, String... parts) throws IOException {
    Path file = write(entries);
    assertThatThrownBy(() -> Tokenizer.load(file).close())
        .isInstanceOf(InputException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts).startsWith(file.toString()));
  }

  @Test
  void theSmallestOnesAreRead() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(write(pairs()))) {
      assertThat(tokenizer.encodeWithSpecials("ab<end>ba")).containsExactly(2, 3, 1, 0);
    }
    try (Tokenizer tokenizer = Tokenizer.load(write(pieces()))) {
      // Pieces begin with the begin token where nothing is said; nothing stands for the blank.
      assertThat(tokenizer.encodeWithSpecials("ab")).containsExactly(3, 2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-2,false,",
    "qwen2,false,",
    "smollm,false,",
    "llama-bpe,true,",
    "llama3,true,",
    "llama-v3,true,",
    "tekken,true,",
    "llama-bpe,false,false",
    "gpt-2,true,true"
  })
  void whetherTextsBeginWithATokenMayBeLeftToTheRule(String pre, boolean begins, Boolean said)
      throws IOException {
    Map<String, Object> entries = pairs();
    entries.put(PREFIX + "pre", pre);
    if (said != null) {
      entries.put(PREFIX + "add_bos_token", said);
    }
    try (Tokenizer tokenizer = Tokenizer.load(write(entries))) {
      assertThat(tokenizer.encodeWithSpecials("a"))
          .isEqualTo(begins ? new int[] {3, 0} : new int[] {0});
    }
  }

  @Test
  void unknownKindsAreRefusedByName() throws IOException {
    Map<String, Object> entries = pairs();
    entries.put(PREFIX + "pre", "default");
    assertRefused(entries, "by the rule 'default'", "gpt-2, smollm, qwen2, llama-bpe and tekken");
    entries.remove(PREFIX + "pre");
    assertRefused(entries, "does not say by which rule");
    entries.put(PREFIX + "model", "bert");
    assertRefused(entries, "of the kind 'bert'", "gpt2 and llama");
    assertRefused(Map.of("general.architecture", "llama"), "holds no tokenizer");
    assertRefused(
        Map.of("general.architecture", "llama", "split.count", 3), "one of 3 parts of a model");
  }

  @Test
  void listsMustMatch() throws IOException {
    Map<String, Object> entries = pairs();
    entries.put(PREFIX + "token_type", List.of(1, 1, 1));
    assertRefused(entries, "4 tokens and 3 token_type");
    entries.remove(PREFIX + "token_type");
    assertRefused(entries, "4 tokens and 0 token_type");
    entries.put(PREFIX + "token_type", List.of(1, 1, 1, 7));
    assertRefused(entries, "type 7 of token 3");
    entries.put(PREFIX + "token_type", List.of("a"));
    assertRefused(entries, "tokenizer.ggml.token_type of another type");
    entries = pieces();
    entries.put(PREFIX + "scores", List.of(0f));
    assertRefused(entries, "4 tokens and 1 scores");
    entries.remove(PREFIX + "scores");
    assertRefused(entries, "without scores");
    entries.put(PREFIX + "scores", List.of(0f, 0f, Float.NaN, 0f));
    assertRefused(entries, "score NaN of token 2");
  }

  @Test
  void tokensMustBeTexts() throws IOException {
    Map<String, Object> entries = pairs();
    entries.put(PREFIX + "tokens", List.of("a", "b", "ab", "a"));
    assertRefused(entries, "token \"a\" as 0 and as 3");
    entries.put(PREFIX + "tokens", List.of("a", "b", "ab", ""));
    assertRefused(entries, "token 3 of 0 characters");
    entries.put(PREFIX + "tokens", List.of("a", "b", "ab", "x".repeat(513)));
    assertRefused(entries, "token 3 of 513 characters");
  }

  @Test
  void mergesMustJoinTokens() throws IOException {
    Map<String, Object> entries = pairs();
    entries.remove(PREFIX + "merges");
    assertRefused(entries, "without merges");
    for (String merge : List.of("ab", "a b a", "a c", "b a", "")) {
      entries.put(PREFIX + "merges", List.of("a b", merge));
      assertRefused(entries, "merge 1 \"" + merge + "\"");
    }
  }

  @Test
  void namedTokensMustBeThere() throws IOException {
    Map<String, Object> entries = pairs();
    for (String name : List.of("bos", "eos", "padding", "unknown")) {
      entries = pairs();
      entries.put(PREFIX + name + "_token_id", 4L);
      assertRefused(entries, "4 tokens and names 4");
      entries.put(PREFIX + name + "_token_id", (1L << 32) + 3);
      assertRefused(entries, name + "_token_id 4294967299");
      entries.put(PREFIX + name + "_token_id", -1L);
      assertRefused(entries, name + "_token_id -1");
    }
    entries = pairs();
    entries.put(PREFIX + "add_eos_token", true);
    assertRefused(entries, "puts its eos token around texts");
    entries = pairs();
    entries.put(PREFIX + "add_space_prefix", true);
    assertRefused(entries, "puts a blank before texts");
  }

  /** Whatever the bytes: a tokenizer that encodes, or one refusal. */
  @Test
  void changedFilesAreReadOrRefused() throws IOException {
    long seed = 771;
    Random random = new Random(seed);
    List<String> texts = TokenizerGoldens.cases("llama").stream().map(c -> c.text()).toList();
    int read = 0;
    int refused = 0;
    for (int round = 0; round < 120; round++) {
      String name = round % 2 == 0 ? "llama.gguf" : "llama3.gguf";
      byte[] bytes = Files.readAllBytes(GgufTokenizerGoldenTest.golden(name));
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Path file = Files.write(folder.resolve("changed.gguf"), bytes);
      try (Tokenizer tokenizer = Tokenizer.load(file)) {
        assertThat(tokenizer.encodeAll(texts)).hasNumberOfRows(texts.size());
        read++;
      } catch (InputException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(read).as("seed %d", seed).isBetween(10, 110);
    assertThat(refused).isEqualTo(120 - read);
  }
}
