package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;

/** Hugging Face key names of GPT-2; its linear maps are stored transposed. */
final class Gpt2Keys {

  private Gpt2Keys() {}

  static KeyMap of(DecoderConfig c) {
    long d = c.width();
    KeyMap map = new KeyMap();
    LayerKeys keys = new LayerKeys(map);
    map.add("embed.weight", "transformer.wte.weight", c.vocabulary(), d);
    map.add("positions.weight", "transformer.wpe.weight", c.positions(), d);
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = "transformer.h." + i + ".";
      keys.layerNorm(own + "norm1", hf + "ln_1", d);
      transposed(map, own + "attention.qkv", hf + "attn.c_attn", 3 * d, d);
      transposed(map, own + "attention.out", hf + "attn.c_proj", d, d);
      keys.layerNorm(own + "norm2", hf + "ln_2", d);
      transposed(map, own + "mlp.up", hf + "mlp.c_fc", c.hidden(), d);
      transposed(map, own + "mlp.down", hf + "mlp.c_proj", d, c.hidden());
    }
    keys.layerNorm("norm", "transformer.ln_f", d);
    keys.head(c);
    return map.optionalPrefix("transformer.")
        .ignore("(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias");
  }

  private static void transposed(KeyMap map, String own, String hf, long out, long in) {
    map.addTransposed(own + ".weight", hf + ".weight", out, in);
    map.add(own + ".bias", hf + ".bias", out);
  }
}
