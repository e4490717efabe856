package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * Hugging Face key names of OPT; in a layer, {@code final_layer_norm} is that of the second part.
 */
final class OptKeys {

  private OptKeys() {}

  static KeyMap of(DecoderConfig c) {
    long d = c.width();
    long w = c.inner();
    boolean bias = c.feedForward().bias();
    String decoder = "model.decoder.";
    KeyMap map = new KeyMap();
    LayerKeys keys = new LayerKeys(map);
    map.add("embed.weight", decoder + "embed_tokens.weight", c.vocabulary(), d);
    long rows = (long) c.positions() + c.firstPosition();
    map.add("positions.weight", decoder + "embed_positions.weight", rows, w);
    if (c.projected()) {
      keys.linear("enter", decoder + "project_in", w, d, false);
    }
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = decoder + "layers." + i + ".";
      String attention = hf + "self_attn.";
      keys.layerNorm(own + "norm1", hf + "self_attn_layer_norm", w);
      keys.attention(
          own + "attention.",
          c,
          List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
          attention + "out_proj");
      keys.layerNorm(own + "norm2", hf + "final_layer_norm", w);
      keys.linear(own + "mlp.up", hf + "fc1", c.hidden(), w, bias);
      keys.linear(own + "mlp.down", hf + "fc2", w, c.hidden(), bias);
    }
    if (c.norm().last()) {
      keys.layerNorm("norm", decoder + "final_layer_norm", w);
    }
    if (c.projected()) {
      keys.linear("leave", decoder + "project_out", d, w, false);
    }
    keys.head(c);
    return map.optionalPrefix("model.").ignore("(model\\.)?decoder\\.version");
  }
}
