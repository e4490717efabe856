package io.lorgnette.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoderConfig.Family;
import io.lorgnette.language.EncoderDecoderConfig.Stack;
import io.lorgnette.nn.Activation;
import java.nio.file.Path;

/** Reads and writes Hugging Face {@code config.json} files of encoder-decoder language models. */
public final class HfEncoderDecoderConfig {

  private final Path file;
  private final JsonNode json;

  private HfEncoderDecoderConfig(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Reads a configuration.
   *
   * @throws InputException if it is no configuration of a family that is supported
   */
  public static EncoderDecoderConfig read(Path file) {
    return of(file, HfFields.read(file).json());
  }

  /**
   * As {@link #read}, of a configuration that stands inside another one.
   *
   * @param file where it stands, for messages
   */
  public static EncoderDecoderConfig of(Path file, JsonNode json) {
    HfEncoderDecoderConfig config = new HfEncoderDecoderConfig(file, json);
    String type = json.path("model_type").asText();
    try {
      return switch (type) {
        case "t5" -> config.t5();
        case "bart" -> config.bart();
        default ->
            throw new InputException(
                file
                    + " has model_type '"
                    + type
                    + "'; the encoder-decoders supported are t5 and bart");
      };
    } catch (IllegalArgumentException e) {
      throw new InputException(file + " describes an impossible model: " + e.getMessage(), e);
    }
  }

  /**
   * The configuration of a BART as Hugging Face libraries read it.
   *
   * @param eos token that ends a text; the decoder's first token and {@code bos_token_id} too
   * @throws IllegalArgumentException for another model than {@link EncoderDecoderConfig#smallBart}
   */
  public static ObjectNode bartJson(EncoderDecoderConfig c, int eos) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.putArray("architectures").add("BartForConditionalGeneration");
    node.put("model_type", "bart");
    node.put("is_encoder_decoder", true);
    node.put("vocab_size", c.vocabulary());
    node.put("d_model", c.width());
    stack(node, "encoder", c.encoder());
    stack(node, "decoder", c.decoder());
    node.put("num_hidden_layers", c.encoder().layers());
    node.put("max_position_embeddings", c.positions());
    node.put("activation_function", "gelu");
    node.put("scale_embedding", c.scaledEmbedding());
    node.put("tie_word_embeddings", c.tied());
    node.put("decoder_start_token_id", c.start());
    node.put("bos_token_id", eos);
    node.put("eos_token_id", eos);
    node.put("pad_token_id", c.pad());
    node.putNull("forced_eos_token_id");
    if (!of(Path.of("config.json"), node).equals(c)) {
      throw new IllegalArgumentException("a plain config.json of BART can not tell all of " + c);
    }
    return node;
  }

  private static void stack(ObjectNode node, String side, Stack s) {
    node.put(side + "_layers", s.layers());
    node.put(side + "_attention_heads", s.heads());
    node.put(side + "_ffn_dim", s.hidden());
  }

  /** Whether fields describe one of the encoder-decoders, and not another kind of model. */
  static boolean describes(HfFields fields) {
    String type = fields.json().path("model_type").asText();
    return type.equals("t5") || type.equals("bart");
  }

  private EncoderDecoderConfig t5() {
    int layers = integer("num_layers");
    String feedForward = json.path("feed_forward_proj").asText("relu");
    boolean gated = feedForward.startsWith("gated-");
    String plain = gated ? feedForward.substring("gated-".length()) : feedForward;
    // Releases mean the approximation where they say gated-gelu, if they say nothing more exact.
    String usual = feedForward.equals("gated-gelu") ? "gelu_new" : plain;
    int heads = integer("num_heads");
    int headWidth = integer("d_kv");
    int hidden = integer("d_ff");
    int pad = json.path("pad_token_id").asInt(0);
    boolean tied = json.path("tie_word_embeddings").asBoolean(true);
    return new EncoderDecoderConfig(
        Family.T5,
        integer("vocab_size"),
        integer("d_model"),
        new Stack(layers, heads, headWidth, hidden),
        new Stack(json.path("num_decoder_layers").asInt(layers), heads, headWidth, hidden),
        0,
        json.path("layer_norm_epsilon").asDouble(1e-6),
        activation("dense_act_fn", usual),
        gated,
        json.path("relative_attention_num_buckets").asInt(32),
        json.path("relative_attention_max_distance").asInt(128),
        false,
        // Older files say it by being tied.
        json.path("scale_decoder_outputs").asBoolean(tied),
        tied,
        json.path("decoder_start_token_id").asInt(pad),
        pad);
  }

  private EncoderDecoderConfig bart() {
    refuse("normalize_before", false);
    refuse("add_final_layer_norm", false);
    refuse("normalize_embedding", true);
    refuse("static_position_embeddings", false);
    int width = integer("d_model");
    return new EncoderDecoderConfig(
        Family.BART,
        integer("vocab_size"),
        width,
        bartStack("encoder", width),
        bartStack("decoder", width),
        integer("max_position_embeddings"),
        1e-5,
        activation("activation_function", "gelu"),
        false,
        0,
        0,
        json.path("scale_embedding").asBoolean(false),
        false,
        json.path("tie_word_embeddings").asBoolean(true),
        json.path("decoder_start_token_id").asInt(2),
        json.path("pad_token_id").asInt(1));
  }

  private Stack bartStack(String side, int width) {
    int heads = integer(side + "_attention_heads");
    if (heads < 1 || width % heads != 0) {
      throw new InputException(
          file + " has " + side + "_attention_heads " + heads + " for a width of " + width);
    }
    return new Stack(integer(side + "_layers"), heads, width / heads, integer(side + "_ffn_dim"));
  }

  private int integer(String key) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw new InputException(file + " lacks the whole number " + key);
    }
    return value.intValue();
  }

  private Activation activation(String key, String usual) {
    String name = json.path(key).asText(usual);
    Activation activation = Activation.named(name);
    if (activation == null) {
      throw new InputException(file + " has the unknown " + key + " '" + name + "'");
    }
    return activation;
  }

  private void refuse(String key, boolean expected) {
    if (json.path(key).asBoolean(expected) != expected) {
      throw new InputException(file + " sets " + key + ", which is not supported");
    }
  }
}
