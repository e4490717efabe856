package io.lorgnette.language;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.nio.file.Path;

/**
 * Reads and writes Hugging Face {@code config.json} files of causal language models: today's form
 * ({@code dtype}, {@code rope_parameters}) and that of older releases ({@code torch_dtype}, {@code
 * rope_theta}, {@code rope_scaling}). In what format weights are stored is told by their file.
 */
public final class HfConfig {

  private HfConfig() {}

  /**
   * Reads a configuration.
   *
   * @throws InputException if it is no configuration of a family that is supported
   */
  public static DecoderConfig read(Path file) {
    return of(HfFields.read(file));
  }

  /** As {@link #read}, of a configuration that stands inside another one. */
  public static DecoderConfig of(HfFields fields) {
    try {
      return family(fields);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          fields.file() + " describes an impossible model: " + e.getMessage(), e);
    }
  }

  private static DecoderConfig family(HfFields fields) {
    String type = fields.json().path("model_type").asText();
    return switch (type) {
      case "gpt2" -> HfFamilies.gpt2(fields);
      case "gpt_neo" -> HfFamilies.gptNeo(fields);
      case "gptj" -> HfFamilies.gptJ(fields);
      case "opt" -> HfFamilies.opt(fields);
      case "llama" -> HfFamilies.llama(fields);
      case "mistral" -> HfFamilies.mistral(fields);
      case "qwen2" -> HfFamilies.qwen2(fields);
      case "qwen3" -> HfFamilies.qwen3(fields);
      default ->
          throw new InputException(
              fields.file()
                  + " has model_type '"
                  + type
                  + "'; the language models supported are gpt2, gpt_neo, gptj, opt, llama, mistral,"
                  + " qwen2 and qwen3, and with an encoder t5 and bart");
    };
  }

  /** The configuration of a LLaMA as Hugging Face libraries read it. */
  public static ObjectNode llamaJson(DecoderConfig c, int eos) {
    if (c.family() != DecoderConfig.Family.LLAMA) {
      throw new IllegalArgumentException("only LLaMA models are trained here");
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
    node.put("rms_norm_eps", c.norm().epsilon());
    node.put("hidden_act", "silu");
    node.put("rope_theta", c.rotary().theta());
    node.put("attention_bias", false);
    node.put("mlp_bias", false);
    node.put("tie_word_embeddings", c.tied());
    node.put("bos_token_id", eos);
    node.put("eos_token_id", eos);
    if (!of(new HfFields(Path.of("config.json"), node)).equals(c)) {
      throw new IllegalArgumentException("a plain config.json of LLaMA can not tell all of " + c);
    }
    return node;
  }
}
