package io.lorgnette.language;

import io.lorgnette.language.EncoderDecoderConfig.Stack;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Hugging Face key names of BART. */
final class BartKeys {

  /** Rows of the tables of positions before that of the first position. */
  static final int OFFSET = 2;

  private BartKeys() {}

  /**
   * @param prefix {@code model.}, or nothing for a release without the language model's head
   */
  static KeyMap of(EncoderDecoderConfig c, String prefix) {
    KeyMap map = new KeyMap();
    map.add("embed.weight", prefix + "shared.weight", c.vocabulary(), c.width());
    stack(map, c, "encoder.", prefix, c.encoder());
    stack(map, c, "decoder.", prefix, c.decoder());
    String[] tables = {
      prefix + "encoder.embed_tokens.weight", prefix + "decoder.embed_tokens.weight"
    };
    if (c.tied()) {
      map.alias(prefix + "shared.weight", tables[0], tables[1], "lm_head.weight");
    } else {
      map.alias(prefix + "shared.weight", tables)
          .add("head.weight", "lm_head.weight", c.vocabulary(), c.width());
    }
    return map.addBuffer("head.bias", "final_logits_bias", 1, c.vocabulary())
        .ignore("(model\\.)?(en|de)coder\\.version");
  }

  private static void stack(
      KeyMap map, EncoderDecoderConfig c, String side, String prefix, Stack s) {
    long d = c.width();
    String root = prefix + side;
    map.add(
        side + "positions.weight",
        root + "embed_positions.weight",
        (long) c.positions() + OFFSET,
        d);
    norm(map, side + "embedNorm", root + "layernorm_embedding", d);
    for (int i = 0; i < s.layers(); i++) {
      String own = side + "layers." + i + ".";
      String hf = root + "layers." + i + ".";
      join(map, own + "attention.qkv", hf + "self_attn.", List.of("q", "k", "v"), d);
      linear(map, own + "attention.out", hf + "self_attn.out_proj", d, d);
      norm(map, own + "norm1", hf + "self_attn_layer_norm", d);
      if (side.equals("decoder.")) {
        linear(map, own + "cross.q", hf + "encoder_attn.q_proj", d, d);
        join(map, own + "cross.kv", hf + "encoder_attn.", List.of("k", "v"), d);
        linear(map, own + "cross.out", hf + "encoder_attn.out_proj", d, d);
        norm(map, own + "normCross", hf + "encoder_attn_layer_norm", d);
      }
      linear(map, own + "mlp.up", hf + "fc1", s.hidden(), d);
      linear(map, own + "mlp.down", hf + "fc2", d, s.hidden());
      norm(map, own + "norm2", hf + "final_layer_norm", d);
    }
  }

  private static void norm(KeyMap map, String own, String hf, long width) {
    map.add(own + ".weight", hf + ".weight", width);
    map.add(own + ".bias", hf + ".bias", width);
  }

  private static void linear(KeyMap map, String own, String hf, long out, long in) {
    map.add(own + ".weight", hf + ".weight", out, in);
    map.add(own + ".bias", hf + ".bias", out);
  }

  private static void join(KeyMap map, String own, String hf, List<String> names, long d) {
    List<Long> rows = names.stream().map(name -> d).toList();
    for (String kind : List.of("weight", "bias")) {
      List<String> stored = names.stream().map(name -> hf + name + "_proj." + kind).toList();
      map.join(
          own + "." + kind, stored, rows, kind.equals("weight") ? new long[] {d} : new long[0]);
    }
  }
}
