package io.lorgnette.language;

import io.lorgnette.language.EncoderDecoderConfig.Stack;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Hugging Face key names of T5 and FlanT5. */
final class T5Keys {

  static final String HEAD = "lm_head.weight";

  private T5Keys() {}

  static KeyMap of(EncoderDecoderConfig c) {
    KeyMap map = new KeyMap();
    map.add("embed.weight", "shared.weight", c.vocabulary(), c.width());
    stack(map, c, "encoder.", c.encoder(), false);
    stack(map, c, "decoder.", c.decoder(), true);
    String[] tables = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"};
    if (c.tied()) {
      map.alias("shared.weight", tables[0], tables[1], HEAD);
    } else {
      map.alias("shared.weight", tables).add("head.weight", HEAD, c.vocabulary(), c.width());
    }
    // The first releases have a table of distances to the encoder's output that is never used.
    return map.ignore(
        "decoder\\.block\\.0\\.layer\\.1\\.EncDecAttention\\.relative_attention_bias\\.weight");
  }

  private static void stack(
      KeyMap map, EncoderDecoderConfig c, String side, Stack s, boolean decoder) {
    long d = c.width();
    map.add(
        side + "relative.weight",
        side + "block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        c.buckets(),
        s.heads());
    for (int i = 0; i < s.layers(); i++) {
      String own = side + "layers." + i + ".";
      String hf = side + "block." + i + ".layer.";
      String self = hf + "0.SelfAttention.";
      map.add(own + "norm1.weight", hf + "0.layer_norm.weight", d);
      join(map, own + "attention.qkv", self, List.of("q", "k", "v"), s.inner(), d);
      map.add(own + "attention.out.weight", self + "o.weight", d, s.inner());
      int last = 1;
      if (decoder) {
        String cross = hf + "1.EncDecAttention.";
        map.add(own + "normCross.weight", hf + "1.layer_norm.weight", d);
        map.add(own + "cross.q.weight", cross + "q.weight", s.inner(), d);
        join(map, own + "cross.kv", cross, List.of("k", "v"), s.inner(), d);
        map.add(own + "cross.out.weight", cross + "o.weight", d, s.inner());
        last = 2;
      }
      map.add(own + "norm2.weight", hf + last + ".layer_norm.weight", d);
      String dense = hf + last + ".DenseReluDense.";
      List<String> up = c.gated() ? List.of("wi_0", "wi_1") : List.of("wi");
      join(map, own + "mlp.up", dense, up, s.hidden(), d);
      map.add(own + "mlp.down.weight", dense + "wo.weight", d, s.hidden());
    }
    map.add(side + "norm.weight", side + "final_layer_norm.weight", d);
  }

  private static void join(
      KeyMap map, String own, String hf, List<String> names, long rows, long columns) {
    List<String> stored = names.stream().map(name -> hf + name + ".weight").toList();
    map.join(own + ".weight", stored, names.stream().map(name -> rows).toList(), columns);
  }
}
