package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Hugging Face key names of GPT-Neo. */
final class GptNeoKeys {

  private GptNeoKeys() {}

  static KeyMap of(DecoderConfig c) {
    long d = c.width();
    KeyMap map = new KeyMap();
    LayerKeys keys = new LayerKeys(map);
    map.add("embed.weight", "transformer.wte.weight", c.vocabulary(), d);
    map.add("positions.weight", "transformer.wpe.weight", c.positions(), d);
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = "transformer.h." + i + ".";
      String attention = hf + "attn.attention.";
      keys.layerNorm(own + "norm1", hf + "ln_1", d);
      keys.attention(
          own + "attention.",
          c,
          List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
          attention + "out_proj");
      keys.layerNorm(own + "norm2", hf + "ln_2", d);
      keys.linear(own + "mlp.up", hf + "mlp.c_fc", c.hidden(), d, true);
      keys.linear(own + "mlp.down", hf + "mlp.c_proj", d, c.hidden(), true);
    }
    keys.layerNorm("norm", "transformer.ln_f", d);
    keys.head(c);
    return map.optionalPrefix("transformer.")
        .ignore("(transformer\\.)?h\\.\\d+\\.attn\\.attention\\.(masked_)?bias");
  }
}
