package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Hugging Face key names of LLaMA, Mistral, Qwen2 and Qwen3. */
final class LlamaKeys {

  private LlamaKeys() {}

  static KeyMap of(DecoderConfig c) {
    long d = c.width();
    long f = c.hidden();
    boolean bias = c.feedForward().bias();
    KeyMap map = new KeyMap();
    LayerKeys keys = new LayerKeys(map);
    map.add("embed.weight", "model.embed_tokens.weight", c.vocabulary(), d);
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = "model.layers." + i + ".";
      String attention = hf + "self_attn.";
      keys.rmsNorm(own + "norm1", hf + "input_layernorm", d);
      keys.attention(
          own + "attention.",
          c,
          List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
          attention + "o_proj");
      if (c.attention().normed()) {
        keys.rmsNorm(own + "attention.norm_q", attention + "q_norm", c.headWidth());
        keys.rmsNorm(own + "attention.norm_k", attention + "k_norm", c.headWidth());
      }
      keys.rmsNorm(own + "norm2", hf + "post_attention_layernorm", d);
      keys.joined(
          own + "mlp.up",
          List.of(hf + "mlp.gate_proj", hf + "mlp.up_proj"),
          List.of(f, f),
          d,
          bias);
      keys.linear(own + "mlp.down", hf + "mlp.down_proj", d, f, bias);
    }
    keys.rmsNorm("norm", "model.norm", d);
    keys.head(c);
    return map.optionalPrefix("model.")
        .ignore("(model\\.)?(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");
  }
}
