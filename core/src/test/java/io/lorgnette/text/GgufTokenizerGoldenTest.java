package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and texts of tokenizers inside GGUF files equal those of the definitions they come from. */
final class GgufTokenizerGoldenTest {

  @TempDir Path folder;

  static Path golden(String file) {
    return Golden.resource("goldens/gguf-tokenizers").resolve(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "qwen2", "llama3", "smollm", "tekken", "llama", "llama-bare"})
  void idsAndTextsEqualTheReferences(String name) {
    List<String> texts = new ArrayList<>();
    TokenizerGoldens.read(LegacyTokenizerGoldenTest.goldens("corpus.json"))
        .forEach(t -> texts.add(t.textValue()));
    JsonNode cases = TokenizerGoldens.read(golden(name + ".json")).path("cases");
    assertThat(cases.size()).isEqualTo(texts.size()).isEqualTo(143);
    try (Tokenizer tokenizer = Tokenizer.load(golden(name + ".gguf"))) {
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i);
        int[] ids = TokenizerGoldens.ints(cases.get(i).get(0));
        assertThat(tokenizer.encodeWithSpecials(text)).as(text).isEqualTo(ids);
        assertThat(tokenizer.encode(text))
            .as(text)
            .isEqualTo(TokenizerGoldens.ints(cases.get(i).get(1)));
        assertThat(tokenizer.decode(ids, true)).as(text).isEqualTo(cases.get(i).get(2).textValue());
        assertThat(tokenizer.decode(ids, false))
            .as(text)
            .isEqualTo(cases.get(i).get(3).textValue());
      }
    }
  }

  /** A second witness: only the composition of letters, which it leaves out, is a difference. */
  @ParameterizedTest
  @CsvSource({"gpt2,0", "qwen2,4", "llama3,0", "smollm,0", "tekken,0", "llama,0", "llama-bare,0"})
  void llamaCppAgrees(String name, int composed) {
    JsonNode texts = TokenizerGoldens.read(LegacyTokenizerGoldenTest.goldens("corpus.json"));
    JsonNode others = TokenizerGoldens.read(golden(name + ".json")).path("llama.cpp");
    assertThat(others.size()).isEqualTo(composed);
    others
        .fieldNames()
        .forEachRemaining(
            i -> {
              String text = texts.get(Integer.parseInt(i)).textValue();
              assertThat(Normalizer.isNormalized(text, Normalizer.Form.NFC)).as(text).isFalse();
            });
  }

  /** Tokens that only fill up the word embeddings have ids and stand in no text. */
  @Test
  void unusedTokensHaveIds() {
    int size = TokenizerGoldens.read(golden("qwen2.json")).path("size").intValue();
    try (Tokenizer tokenizer = Tokenizer.load(golden("qwen2.gguf"))) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(size + 3);
      assertThat(tokenizer.token(size + 1)).isEqualTo("[PAD" + (size + 1) + "]");
      assertThat(tokenizer.encode("[PAD" + (size + 1) + "]")).hasSizeGreaterThan(1);
    }
  }

  @Test
  void theTemplateOfTheFileMakesTheReferencesPrompt() {
    JsonNode chat = TokenizerGoldens.read(golden("chat.json"));
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : chat.path("messages")) {
      messages.add(ChatMessage.of(message.path("role").asText(), message.path("content").asText()));
    }
    Path file = golden("llama3.gguf");
    String prompt = ChatTemplate.load(file).render(messages, true);
    assertThat(prompt).isEqualTo(chat.path("prompt").textValue());
    assertThat(ChatTemplate.load(file, "tool_use").render(messages, true)).isEqualTo("<|eot_id|>");
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      assertThat(tokenizer.encode(prompt)).isEqualTo(TokenizerGoldens.ints(chat.path("ids")));
    }
  }

  @Test
  void aFolderMayHoldItAlone() throws IOException {
    Files.copy(golden("llama3.gguf"), folder.resolve("a.gguf"));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    try (Tokenizer tokenizer = Tokenizer.load(folder);
        Tokenizer file = Tokenizer.load(golden("llama3.gguf"))) {
      assertThat(tokenizer.sha256()).isEqualTo(file.sha256());
    }
    assertThat(ChatTemplate.load(folder).render(List.of(), true)).startsWith("<|begin_of_text|>");
  }

  /** The files that a folder has of its own come first. */
  @ParameterizedTest
  @CsvSource({"tokenizer.json,gpt2", "tokenizer.model,llama"})
  void ownFilesComeFirst(String own, String kind) throws IOException {
    Files.copy(golden("llama3.gguf"), folder.resolve("a.gguf"));
    Files.copy(TokenizerGoldens.folder(kind).resolve(own), folder.resolve(own));
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(tokenizer.idOf("<|eot_id|>")).isEmpty();
    }
  }
}
