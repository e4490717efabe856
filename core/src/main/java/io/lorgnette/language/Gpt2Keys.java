package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;

/** Hugging Face key names of GPT-2; its linear maps are stored transposed. */
final class Gpt2Keys {

  private Gpt2Keys() {}

  static KeyMap of(DecoderConfig c) {
    long d = c.width();
    KeyMap map = new KeyMap();
    map.add("embed.weight", "wte.weight", c.vocabulary(), d);
    map.add("positions.weight", "wpe.weight", c.positions(), d);
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = "h." + i + ".";
      norm(map, own + "norm1", hf + "ln_1", d);
      linear(map, own + "attention.qkv", hf + "attn.c_attn", 3 * d, d);
      linear(map, own + "attention.out", hf + "attn.c_proj", d, d);
      norm(map, own + "norm2", hf + "ln_2", d);
      linear(map, own + "mlp.up", hf + "mlp.c_fc", c.hidden(), d);
      linear(map, own + "mlp.down", hf + "mlp.c_proj", d, c.hidden());
    }
    norm(map, "norm", "ln_f", d);
    // Every release is tied; some store the matrix a second time.
    return map.optionalPrefix("transformer.")
        .ignore("(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias")
        .ignore("lm_head\\.weight");
  }

  private static void norm(KeyMap map, String own, String hf, long width) {
    map.add(own + ".weight", hf + ".weight", width);
    map.add(own + ".bias", hf + ".bias", width);
  }

  private static void linear(KeyMap map, String own, String hf, long out, long in) {
    map.addTransposed(own + ".weight", hf + ".weight", out, in);
    map.add(own + ".bias", hf + ".bias", out);
  }
}
