package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Hugging Face key names of GPT-J: one norm in a layer, an output matrix of its own. */
final class GptJKeys {

  private GptJKeys() {}

  static KeyMap of(DecoderConfig c) {
    long d = c.width();
    KeyMap map = new KeyMap();
    LayerKeys keys = new LayerKeys(map);
    map.add("embed.weight", "transformer.wte.weight", c.vocabulary(), d);
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = "transformer.h." + i + ".";
      keys.layerNorm(own + "norm1", hf + "ln_1", d);
      keys.attention(
          own + "attention.",
          c,
          List.of(hf + "attn.q_proj", hf + "attn.k_proj", hf + "attn.v_proj"),
          hf + "attn.out_proj");
      keys.linear(own + "mlp.up", hf + "mlp.fc_in", c.hidden(), d, true);
      keys.linear(own + "mlp.down", hf + "mlp.fc_out", d, c.hidden(), true);
    }
    keys.layerNorm("norm", "transformer.ln_f", d);
    keys.head(c);
    return map.optionalPrefix("transformer.")
        .ignore("(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias");
  }
}
