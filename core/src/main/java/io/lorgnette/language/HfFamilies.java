package io.lorgnette.language;

import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig.Family;
import io.lorgnette.language.DecoderConfig.FeedForward;
import io.lorgnette.language.DecoderConfig.Heads;
import io.lorgnette.language.DecoderConfig.Norm;
import io.lorgnette.language.DecoderConfig.Order;
import io.lorgnette.nn.Rotary;
import java.util.Collections;
import java.util.List;

/** What each family is: its description, with the sizes of a {@code config.json}. */
final class HfFamilies {

  /** Pairs of rotary dimensions turn at powers of this in GPT-J. */
  private static final double THETA = 10_000;

  private HfFamilies() {}

  static DecoderConfig gpt2(HfFields f) {
    int width = f.integer("n_embd");
    int layers = f.layers("n_layer");
    int heads = f.integer("n_head");
    f.require("scale_attn_by_inverse_layer_idx", false);
    f.require("add_cross_attention", false);
    boolean scaled = f.flag("scale_attn_weights", true);
    boolean wide = f.flag("reorder_and_upcast_attn", false);
    return new DecoderConfig(
        Family.GPT2,
        f.integer("vocab_size"),
        width,
        width,
        layers,
        f.integer("n_positions"),
        Order.NORM_FIRST,
        new Norm(false, f.number("layer_norm_epsilon", 1e-5), true),
        new Heads(heads, heads, each(f, width, heads), scaled, wide, false, true, true),
        new FeedForward(
            f.integer("n_inner", 4 * width), f.activation("activation_function"), false, true),
        none(layers),
        null,
        0,
        f.flag("tie_word_embeddings", true),
        false);
  }

  /** Attention without scaling; every second layer sees a window. */
  static DecoderConfig gptNeo(HfFields f) {
    int width = f.integer("hidden_size");
    int layers = f.layers("num_layers");
    int heads = f.integer("num_heads");
    return new DecoderConfig(
        Family.GPT_NEO,
        f.integer("vocab_size"),
        width,
        width,
        layers,
        f.integer("max_position_embeddings"),
        Order.NORM_FIRST,
        new Norm(false, f.number("layer_norm_epsilon", 1e-5), true),
        new Heads(heads, heads, each(f, width, heads), false, true, false, false, true),
        new FeedForward(
            f.integer("intermediate_size", 4 * width),
            f.activation("activation_function"),
            false,
            true),
        HfWindows.gptNeo(f, layers),
        null,
        0,
        f.flag("tie_word_embeddings", true),
        false);
  }

  /** Attention and feed-forward side by side; the first dimensions of each head turn in pairs. */
  static DecoderConfig gptJ(HfFields f) {
    int width = f.integer("n_embd");
    int layers = f.layers("n_layer");
    int heads = f.integer("n_head");
    int each = each(f, width, heads);
    return new DecoderConfig(
        Family.GPT_J,
        f.integer("vocab_size"),
        width,
        width,
        layers,
        f.integer("n_positions"),
        Order.PARALLEL,
        new Norm(false, f.number("layer_norm_epsilon", 1e-5), true),
        new Heads(heads, heads, each, true, true, false, false, false),
        new FeedForward(
            f.integer("n_inner", 4 * width), f.activation("activation_function"), false, true),
        none(layers),
        new Rotary.Form(Rotary.Pairing.NEIGHBOURS, f.integer("rotary_dim"), THETA, null),
        0,
        f.flag("tie_word_embeddings", false),
        true);
  }

  /** The first two rows of the table of positions belong to no token. */
  static DecoderConfig opt(HfFields f) {
    int inner = f.integer("hidden_size");
    int layers = f.layers("num_hidden_layers");
    int heads = f.integer("num_attention_heads");
    f.require("layer_norm_elementwise_affine", true);
    boolean first = f.flag("do_layer_norm_before", true);
    boolean bias = f.flag("enable_bias", true);
    boolean last = first && !f.flag("_remove_final_layer_norm", false);
    return new DecoderConfig(
        Family.OPT,
        f.integer("vocab_size"),
        f.integer("word_embed_proj_dim", inner),
        inner,
        layers,
        f.integer("max_position_embeddings"),
        first ? Order.NORM_FIRST : Order.NORM_LAST,
        new Norm(false, 1e-5, last),
        new Heads(heads, heads, each(f, inner, heads), true, false, false, bias, bias),
        new FeedForward(f.integer("ffn_dim"), f.activation("activation_function"), false, bias),
        none(layers),
        null,
        2,
        f.flag("tie_word_embeddings", true),
        false);
  }

  static DecoderConfig llama(HfFields f) {
    boolean bias = f.flag("attention_bias", false);
    boolean mlpBias = f.flag("mlp_bias", false);
    return llama(f, Family.LLAMA, bias, bias, mlpBias, false, none(f.layers("num_hidden_layers")));
  }

  static DecoderConfig mistral(HfFields f) {
    List<Integer> windows = HfWindows.everywhere(f, f.layers("num_hidden_layers"));
    return llama(f, Family.MISTRAL, false, false, false, false, windows);
  }

  static DecoderConfig qwen2(HfFields f) {
    List<Integer> windows = HfWindows.qwen(f, f.layers("num_hidden_layers"));
    return llama(f, Family.QWEN2, true, false, false, false, windows);
  }

  static DecoderConfig qwen3(HfFields f) {
    boolean bias = f.flag("attention_bias", false);
    List<Integer> windows = HfWindows.qwen(f, f.layers("num_hidden_layers"));
    return llama(f, Family.QWEN3, bias, bias, false, true, windows);
  }

  private static DecoderConfig llama(
      HfFields f,
      Family family,
      boolean inputBias,
      boolean outputBias,
      boolean mlpBias,
      boolean normed,
      List<Integer> windows) {
    int width = f.integer("hidden_size");
    int heads = f.integer("num_attention_heads");
    int each = f.json().hasNonNull("head_dim") ? f.integer("head_dim") : each(f, width, heads);
    int keyed = f.integer("num_key_value_heads", heads);
    return new DecoderConfig(
        family,
        f.integer("vocab_size"),
        width,
        width,
        f.layers("num_hidden_layers"),
        f.integer("max_position_embeddings"),
        Order.NORM_FIRST,
        new Norm(true, f.number("rms_norm_eps", 1e-6), true),
        new Heads(heads, keyed, each, true, false, normed, inputBias, outputBias),
        new FeedForward(f.integer("intermediate_size"), f.activation("hidden_act"), true, mlpBias),
        windows,
        HfRope.halves(f, each),
        0,
        f.flag("tie_word_embeddings", false),
        false);
  }

  private static int each(HfFields f, int width, int heads) {
    if (heads < 1 || width % heads != 0) {
      throw new InputException(f.file() + " has " + heads + " heads for a width of " + width);
    }
    return width / heads;
  }

  private static List<Integer> none(int layers) {
    return Collections.nCopies(layers, 0);
  }
}
