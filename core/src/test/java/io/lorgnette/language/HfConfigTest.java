package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig.Order;
import io.lorgnette.nn.Rotary.Llama3Scaling;
import io.lorgnette.nn.Rotary.Pairing;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations of published models, and of what is none. */
class HfConfigTest {

  private static final JsonNode PUBLISHED = Golden.open("published").json("decoders.json");

  @TempDir private Path folder;

  static Stream<String> published() {
    return PUBLISHED.properties().stream().map(entry -> entry.getKey());
  }

  private DecoderConfig read(JsonNode json) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, json.toString());
    return HfConfig.read(file);
  }

  private static ObjectNode config(String name) {
    assertThat(PUBLISHED.has(name)).isTrue();
    return PUBLISHED.path(name).path("config").deepCopy();
  }

  /** A published configuration with one field changed; {@code null} takes it away. */
  private DecoderConfig changed(String name, String key, String value) throws IOException {
    ObjectNode json = config(name);
    json.remove(key);
    if (value != null) {
      json.set(key, new ObjectMapper().readTree(value));
    }
    return read(json);
  }

  @ParameterizedTest
  @MethodSource("published")
  void countsThePublishedParameters(String name) throws IOException {
    assertThat(read(config(name)).parameterCount())
        .isEqualTo(PUBLISHED.path(name).path("parameters").longValue());
  }

  @Test
  void describesGptJ() throws IOException {
    DecoderConfig c = read(config("EleutherAI/gpt-j-6b"));
    assertThat(c.order()).isEqualTo(Order.PARALLEL);
    assertThat(c.rotary().pairing()).isEqualTo(Pairing.NEIGHBOURS);
    assertThat(c.rotary().dimensions()).isEqualTo(64);
    assertThat(c.headWidth()).isEqualTo(256);
    assertThat(c.hidden()).isEqualTo(16384);
    assertThat(c.attention().wide()).isTrue();
    assertThat(c.tied()).isFalse();
    assertThat(c.headBias()).isTrue();
  }

  @Test
  void describesGptNeo() throws IOException {
    DecoderConfig c = read(config("EleutherAI/gpt-neo-2.7B"));
    assertThat(c.windows()).hasSize(32).startsWith(0, 256, 0, 256).endsWith(0, 256);
    assertThat(c.attention().scaled()).isFalse();
    assertThat(c.rotary()).isNull();
  }

  @Test
  void describesBothFormsOfOpt() throws IOException {
    DecoderConfig usual = read(config("facebook/opt-2.7b"));
    assertThat(usual.order()).isEqualTo(Order.NORM_FIRST);
    assertThat(usual.norm().last()).isTrue();
    assertThat(usual.firstPosition()).isEqualTo(2);
    assertThat(usual.width()).isEqualTo(usual.inner()).isEqualTo(2560);
    DecoderConfig odd = read(config("facebook/opt-350m"));
    assertThat(odd.order()).isEqualTo(Order.NORM_LAST);
    assertThat(odd.norm().last()).isFalse();
    assertThat(odd.width()).isEqualTo(512);
    assertThat(odd.inner()).isEqualTo(1024);
    assertThat(changed("facebook/opt-125m", "_remove_final_layer_norm", "true").norm().last())
        .isFalse();
  }

  /** The forms that older and newer releases give the same rotary positions. */
  @Test
  void readsRotaryPositionsOldAndNew() throws IOException {
    String name = "meta-llama/Llama-3.1-8B";
    Llama3Scaling scaling = new Llama3Scaling(8, 1, 4, 8192);
    assertThat(read(config(name)).rotary().scaling()).isEqualTo(scaling);
    assertThat(read(config(name)).rotary().theta()).isEqualTo(500_000);
    ObjectNode old = config(name);
    ObjectNode spread = (ObjectNode) old.path("rope_scaling");
    spread.set("type", spread.remove("rope_type"));
    assertThat(read(old).rotary().scaling()).isEqualTo(scaling);
    ObjectNode today = config(name);
    ObjectNode nested = (ObjectNode) today.remove("rope_scaling");
    nested.set("rope_theta", today.remove("rope_theta"));
    today.set("rope_parameters", nested);
    today.set("dtype", today.remove("torch_dtype"));
    assertThat(read(today)).isEqualTo(read(config(name)));
    assertThat(changed("huggyllama/llama-7b", "rope_theta", null).rotary().theta())
        .isEqualTo(10_000);
  }

  @Test
  void readsWindows() throws IOException {
    assertThat(read(config("mistralai/Mistral-7B-v0.1")).windows()).containsOnly(4096).hasSize(32);
    assertThat(read(config("mistralai/Mistral-7B-v0.3")).windows()).containsOnly(0);
    ObjectNode qwen = config("Qwen/Qwen2.5-0.5B");
    assertThat(read(qwen).windows()).containsOnly(0).hasSize(24);
    qwen.put("use_sliding_window", true).put("max_window_layers", 22);
    assertThat(read(qwen).windows().subList(20, 24)).containsExactly(0, 0, 32768, 32768);
    qwen.putArray("layer_types").add("sliding_attention");
    for (int i = 1; i < 24; i++) {
      qwen.withArray("layer_types").add("full_attention");
    }
    assertThat(read(qwen).windows().subList(0, 2)).containsExactly(32768, 0);
  }

  @Test
  void readsBiasesOfLlama() throws IOException {
    ObjectNode json = config("HuggingFaceTB/SmolLM-135M");
    long plain = read(json).parameterCount();
    json.put("attention_bias", true).put("mlp_bias", true);
    assertThat(read(json).keys().shapes())
        .containsKeys("layers.0.attention.qkv.bias", "layers.0.attention.out.bias")
        .containsKeys("layers.0.mlp.up.bias", "layers.0.mlp.down.bias");
    long each = 576 + 192 + 192 + 576 + 1536 + 1536 + 576;
    assertThat(read(json).parameterCount()).isEqualTo(plain + 30 * each);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "gpt2                      | model_type          | \"gpt5\"    | gpt_neo, gptj, opt",
        "gpt2                      | n_embd              | -           | lacks n_embd",
        "gpt2                      | n_embd              | \"768\"     | \"768\" as n_embd instead",
        "gpt2                      | n_embd              | 769         | 12 heads for a width of 769",
        "gpt2                      | n_layer             | 2000        | 2000 as n_layer instead of",
        "gpt2                      | n_layer             | -1          | from 1 to 1000",
        "gpt2                      | scale_attn_by_inverse_layer_idx | true | not supported",
        "gpt2                      | activation_function | \"mish\"    | activation_function 'mish'",
        "EleutherAI/gpt-neo-125m   | attention_types     | -           | lacks attention_types",
        "EleutherAI/gpt-neo-125m   | attention_types     | [[[\"global\"],13]] | each of 12 layers",
        "EleutherAI/gpt-neo-125m   | attention_types     | [[[\"far\"],12]] | and 'local'",
        "EleutherAI/gpt-j-6b       | rotary_dim          | 63          | 63 rotary dimensions",
        "facebook/opt-125m         | do_layer_norm_before | \"no\"     | instead of true or false",
        "facebook/opt-125m         | layer_norm_elementwise_affine | false | not supported",
        "Qwen/Qwen3-0.6B           | num_key_value_heads | 5           | can not share 5",
        "Qwen/Qwen3-0.6B           | max_position_embeddings | 2000000000 | too many",
        "meta-llama/Llama-3.1-8B   | rope_scaling        | {\"type\":\"yarn\"} | by 'yarn'",
        "meta-llama/Llama-3.1-8B   | rope_scaling        | {\"rope_type\":\"llama3\"} | lacks factor",
        "meta-llama/Llama-3.1-8B   | rope_theta          | 0           | above 0"
      })
  void refuses(String name, String key, String value, String message) {
    assertThatThrownBy(() -> changed(name, key, value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("config.json");
  }

  @Test
  void writesOnlyWhatItCanTell() throws IOException {
    DecoderConfig small = DecoderConfig.smallLlama(23, 16, 2, 2, 32, 16);
    assertThat(read(HfConfig.llamaJson(small, 0))).isEqualTo(small);
    DecoderConfig mistral = read(config("mistralai/Mistral-7B-v0.1"));
    assertThatThrownBy(() -> HfConfig.llamaJson(mistral, 0))
        .isInstanceOf(IllegalArgumentException.class);
    DecoderConfig scaled = read(config("meta-llama/Llama-3.1-8B"));
    assertThatThrownBy(() -> HfConfig.llamaJson(scaled, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
