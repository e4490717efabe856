package io.lorgnette.vision;

import io.lorgnette.nn.Activation;
import io.lorgnette.vision.VitParts.QkvBias;
import io.lorgnette.vision.VitParts.Relative;
import io.lorgnette.weights.KeyMap;

/**
 * EVA ViT-g/14 in the form of Hugging Face's BLIP-2 and InstructBLIP, alone or inside the whole
 * model: biases of queries, keys and values are one vector, and the norm that LAVIS keeps beside
 * the tower ({@code ln_vision}) belongs to it.
 */
public final class Blip2Vit {

  private Blip2Vit() {}

  /** ViT-g/14: 985,952,256 parameters, with the last norm and a bias for keys. */
  public static VitConfig giant() {
    return of(224, new VitSizes(14, 1408, 39, 16, 6144, 1e-6), Activation.GELU, QkvBias.ALL);
  }

  private static VitConfig of(int imageSize, VitSizes sizes, Activation activation, QkvBias bias) {
    VitParts parts =
        new VitParts(activation, false, bias, false, true, Relative.NONE, 0, false, true, false);
    return new VitConfig(VitFamily.BLIP2, imageSize, sizes, parts);
  }

  static VitConfig from(ConfigFile whole) {
    ConfigFile file = whole.has("vision_config") ? whole.object("vision_config") : whole;
    try {
      return of(
          file.integer("image_size", 224),
          new VitSizes(
              file.integer("patch_size", 14),
              file.integer("hidden_size", 1408),
              file.integer("num_hidden_layers", 39),
              file.integer("num_attention_heads", 16),
              file.integer("intermediate_size", 6144),
              file.number("layer_norm_eps", 1e-6)),
          file.activation("hidden_act", "gelu"),
          file.flag("qkv_bias", true) ? QkvBias.ALL : QkvBias.NONE);
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  static KeyMap keys(VitConfig config) {
    KeyMap keys = new KeyMap();
    VitKeys.embeddings(keys, config, "embeddings.class_embedding", "embeddings.patch_embedding");
    VitKeys.positions(keys, config, "embeddings.position_embedding");
    long width = config.width();
    for (int i = 0; i < config.sizes().layers(); i++) {
      String own = "layers." + i + ".";
      String stored = "encoder.layers." + i + ".";
      VitKeys.norm(keys, config, own + "norm1", stored + "layer_norm1");
      keys.add(own + "attention.qkv.weight", stored + "self_attn.qkv.weight", 3 * width, width);
      if (config.parts().qkvBias() == QkvBias.ALL) {
        keys.add(own + "attention.qkv.bias", stored + "self_attn.qkv.bias", 3 * width);
      }
      VitKeys.linear(keys, own + "attention.out", stored + "self_attn.projection", width, width);
      VitKeys.norm(keys, config, own + "norm2", stored + "layer_norm2");
      VitKeys.feedForward(keys, config, own, stored + "mlp.fc1", stored + "mlp.fc2");
    }
    VitKeys.norm(keys, config, "final_norm", "post_layernorm");
    return keys;
  }
}
