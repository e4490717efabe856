package io.lorgnette.published;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.language.HfFields;

/**
 * The language model's fields inside a larger model's {@code config.json}. Published files leave
 * out what is as Hugging Face's library has it; here are those sizes.
 */
final class TextDefaults {

  private TextDefaults() {}

  /** The fields under {@code text_config} with what they leave out. */
  static HfFields of(HfFields config, String usualType) {
    HfFields text = config.object("text_config");
    String type = text.text("model_type", usualType);
    ObjectNode defaults = new ObjectMapper().createObjectNode().put("model_type", type);
    switch (type) {
      case "opt" ->
          defaults
              .put("vocab_size", 50_272)
              .put("hidden_size", 768)
              .put("num_hidden_layers", 12)
              .put("num_attention_heads", 12)
              .put("ffn_dim", 3072)
              .put("max_position_embeddings", 2048)
              .put("activation_function", "relu")
              .put("eos_token_id", 2);
      case "llama" ->
          defaults
              .put("vocab_size", 32_000)
              .put("hidden_size", 4096)
              .put("num_hidden_layers", 32)
              .put("num_attention_heads", 32)
              .put("intermediate_size", 11_008)
              .put("max_position_embeddings", 2048)
              .put("hidden_act", "silu")
              .put("eos_token_id", 2);
      case "t5" ->
          defaults
              .put("vocab_size", 32_128)
              .put("d_model", 512)
              .put("d_kv", 64)
              .put("d_ff", 2048)
              .put("num_layers", 6)
              .put("num_heads", 8)
              .put("eos_token_id", 1);
      default -> {
        // Other families are published with all of their sizes.
      }
    }
    return text.withDefaults(defaults);
  }
}
