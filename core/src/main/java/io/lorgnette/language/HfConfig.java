package io.lorgnette.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig.Family;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Rotary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes Hugging Face {@code config.json} files of causal language models. */
public final class HfConfig {

  private final Path file;
  private final JsonNode json;

  private HfConfig(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads a configuration.
   *
   * @throws InputException if it is no configuration of a family that is supported
   */
  public static DecoderConfig read(Path file) {
    try {
      return read(file, new ObjectMapper().readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) {
      throw new InputException(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException(file + " can not be read; expected a model's config.json", e);
    }
  }

  /**
   * As {@link #read(Path)}, from what another kind of file says in the same words.
   *
   * @param file for messages
   */
  public static DecoderConfig read(Path file, JsonNode json) {
    try {
      return new HfConfig(file, json).read();
    } catch (IllegalArgumentException e) {
      throw new InputException(file + " describes an impossible model: " + e.getMessage(), e);
    }
  }

  private DecoderConfig read() {
    String type = json.path("model_type").asText();
    return switch (type) {
      case "gpt2" -> gpt2();
      case "llama" -> llama(Family.LLAMA, json.path("attention_bias").asBoolean(false));
      case "mistral" -> llama(Family.MISTRAL, false);
      case "qwen2" -> llama(Family.QWEN2, true);
      default ->
          throw new InputException(
              file
                  + " has model_type '"
                  + type
                  + "'; the language models supported are gpt2, llama, mistral and qwen2");
    };
  }

  private DecoderConfig gpt2() {
    int width = integer("n_embd");
    int heads = integer("n_head");
    refuse("scale_attn_by_inverse_layer_idx", false);
    refuse("reorder_and_upcast_attn", false);
    return new DecoderConfig(
        Family.GPT2,
        integer("vocab_size"),
        width,
        integer("n_layer"),
        heads,
        heads,
        width / heads,
        json.path("n_inner").asInt(0) > 0 ? integer("n_inner") : 4 * width,
        integer("n_positions"),
        json.path("layer_norm_epsilon").asDouble(1e-5),
        activation("activation_function"),
        0,
        null,
        0,
        true,
        true);
  }

  private DecoderConfig llama(Family family, boolean bias) {
    int width = integer("hidden_size");
    int heads = integer("num_attention_heads");
    refuse("mlp_bias", false);
    if (family == Family.LLAMA && bias) {
      throw new InputException(file + " has attention_bias, which no published LLaMA has");
    }
    return new DecoderConfig(
        family,
        integer("vocab_size"),
        width,
        integer("num_hidden_layers"),
        heads,
        json.path("num_key_value_heads").asInt(heads),
        json.path("head_dim").asInt(0) > 0 ? integer("head_dim") : width / heads,
        integer("intermediate_size"),
        integer("max_position_embeddings"),
        json.path("rms_norm_eps").asDouble(1e-6),
        activation("hidden_act"),
        theta(),
        scaling(),
        window(family),
        bias,
        json.path("tie_word_embeddings").asBoolean(false));
  }

  /** Newer files nest what older ones have at the top. */
  private JsonNode rope() {
    JsonNode nested = json.path("rope_parameters");
    return nested.isObject() ? nested : json.path("rope_scaling");
  }

  private double theta() {
    JsonNode nested = rope().path("rope_theta");
    return nested.isNumber() ? nested.asDouble() : json.path("rope_theta").asDouble(10_000);
  }

  private Rotary.Llama3Scaling scaling() {
    String type = rope().path("rope_type").asText(rope().path("type").asText("default"));
    return switch (type) {
      case "default" -> null;
      case "llama3" ->
          new Rotary.Llama3Scaling(
              rope().path("factor").asDouble(),
              rope().path("low_freq_factor").asDouble(),
              rope().path("high_freq_factor").asDouble(),
              rope().path("original_max_position_embeddings").asInt());
      default ->
          throw new InputException(
              file + " scales rotary positions by '" + type + "'; default and llama3 are known");
    };
  }

  private int window(Family family) {
    boolean used = family == Family.MISTRAL || json.path("use_sliding_window").asBoolean(false);
    return used ? json.path("sliding_window").asInt(0) : 0;
  }

  private int integer(String key) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw new InputException(file + " lacks the whole number " + key);
    }
    return value.intValue();
  }

  private Activation activation(String key) {
    Activation activation = Activation.named(json.path(key).asText());
    if (activation == null) {
      throw new InputException(
          file + " has the unknown " + key + " '" + json.path(key).asText() + "'");
    }
    return activation;
  }

  private void refuse(String key, boolean expected) {
    if (json.path(key).asBoolean(expected) != expected) {
      throw new InputException(file + " sets " + key + ", which is not supported");
    }
  }

  /** The configuration of a LLaMA as Hugging Face libraries read it. */
  public static ObjectNode llamaJson(DecoderConfig c, int eos) {
    if (c.family() != Family.LLAMA || c.rotaryScaling() != null) {
      throw new IllegalArgumentException("only plain LLaMA models are trained here");
    }
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.putArray("architectures").add("LlamaForCausalLM");
    node.put("model_type", "llama");
    node.put("vocab_size", c.vocabulary());
    node.put("hidden_size", c.width());
    node.put("num_hidden_layers", c.layers());
    node.put("num_attention_heads", c.heads());
    node.put("num_key_value_heads", c.kvHeads());
    node.put("head_dim", c.headWidth());
    node.put("intermediate_size", c.hidden());
    node.put("max_position_embeddings", c.positions());
    node.put("rms_norm_eps", c.normEpsilon());
    node.put("hidden_act", "silu");
    node.put("rope_theta", c.rotaryTheta());
    node.put("attention_bias", false);
    node.put("mlp_bias", false);
    node.put("tie_word_embeddings", c.tied());
    node.put("bos_token_id", eos);
    node.put("eos_token_id", eos);
    return node;
  }
}
