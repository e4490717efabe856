package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Hugging Face key names of LLaMA, Mistral and Qwen2. */
final class LlamaKeys {

  private LlamaKeys() {}

  static KeyMap of(DecoderConfig c) {
    long q = (long) c.heads() * c.headWidth();
    long kv = (long) c.kvHeads() * c.headWidth();
    KeyMap map = new KeyMap();
    map.add("embed.weight", "model.embed_tokens.weight", c.vocabulary(), c.width());
    for (int i = 0; i < c.layers(); i++) {
      String own = "layers." + i + ".";
      String hf = "model.layers." + i + ".";
      map.add(own + "norm1.weight", hf + "input_layernorm.weight", c.width());
      for (String kind : c.qkvBias() ? List.of("weight", "bias") : List.of("weight")) {
        map.join(
            own + "attention.qkv." + kind,
            List.of(
                hf + "self_attn.q_proj." + kind,
                hf + "self_attn.k_proj." + kind,
                hf + "self_attn.v_proj." + kind),
            List.of(q, kv, kv),
            kind.equals("weight") ? new long[] {c.width()} : new long[0]);
      }
      map.add(own + "attention.out.weight", hf + "self_attn.o_proj.weight", c.width(), q);
      map.add(own + "norm2.weight", hf + "post_attention_layernorm.weight", c.width());
      map.join(
          own + "mlp.up.weight",
          List.of(hf + "mlp.gate_proj.weight", hf + "mlp.up_proj.weight"),
          List.of((long) c.hidden(), (long) c.hidden()),
          c.width());
      map.add(own + "mlp.down.weight", hf + "mlp.down_proj.weight", c.width(), c.hidden());
    }
    map.add("norm.weight", "model.norm.weight", c.width());
    if (!c.tied()) {
      map.add("head.weight", "lm_head.weight", c.vocabulary(), c.width());
    }
    return map.ignore("model\\.layers\\.\\d+\\.self_attn\\.rotary_emb\\.inv_freq")
        .ignore(c.tied() ? "lm_head\\.weight" : "");
  }
}
