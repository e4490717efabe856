package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptsTest {

  @Test
  void saysWhatTheLayoutSays() {
    try (Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"))) {
      Prompts prompts = new Prompts(tokenizer);
      assertThat(tokenizer.decode(prompts.caption("A dog."), false)).isEqualTo("A dog.");
      assertThat(tokenizer.decode(prompts.question("Who?"), false))
          .isEqualTo("Please answer the question. Question: Who? Answer:");
      assertThat(tokenizer.decode(prompts.answer("a dog"), false)).isEqualTo(" a dog.");
      assertThat(tokenizer.decode(prompts.answer(" It is. A dog. "), false))
          .isEqualTo(" It is. A dog.");
    }
  }

  @Test
  void knowsWhetherATextEndsInTheStop() {
    try (Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"))) {
      Prompts prompts = new Prompts(tokenizer);
      assertThat(prompts.stop()).isEqualTo(tokenizer.idOf(".").orElseThrow());
      assertThat(prompts.ends(prompts.caption("A dog."))).isTrue();
      assertThat(prompts.ends(prompts.answer("dog"))).isTrue();
      assertThat(prompts.ends(prompts.caption("A dog"))).isFalse();
      assertThat(prompts.ends(prompts.caption("A dog. "))).isFalse();
      assertThat(prompts.ends(new int[0])).isFalse();
    }
  }

  /** LLaMA's tokenizers write a lone full stop with a blank before it. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "qwen2", "llama3", "smollm", "tekken", "llama", "llama-bare"})
  void theStopIsTheOneBehindAWord(String name) {
    Path file = Golden.resource("goldens/gguf-tokenizers").resolve(name + ".gguf");
    try (Tokenizer tokenizer = Tokenizer.load(file)) {
      Prompts prompts = new Prompts(tokenizer);
      assertThat(tokenizer.token(prompts.stop())).isEqualTo(".");
      assertThat(prompts.ends(prompts.caption("A dog."))).isTrue();
      assertThat(prompts.ends(prompts.answer("dog"))).isTrue();
    }
  }

  @Test
  void refusesATokenizerWithoutAFullStop() throws Exception {
    Path file = Golden.resource("goldens/tokenizers/gpt2").resolve("tokenizer.json");
    String json = Files.readString(file, StandardCharsets.UTF_8).replace("\".\":", "\"\\u00b6.\":");
    try (Tokenizer tokenizer = Tokenizer.load(json.getBytes(StandardCharsets.UTF_8), "stopless")) {
      assertThatThrownBy(() -> new Prompts(tokenizer))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("full stop");
    }
  }
}
