package io.lorgnette.vision;

import io.lorgnette.nn.Activation;
import io.lorgnette.vision.VitParts.QkvBias;
import io.lorgnette.vision.VitParts.Relative;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;

/**
 * BEiT (Bao et al. 2022) in Hugging Face's form, alone or inside a classifier: a learned bias for
 * the distance of two patches instead of positions, layer scale, no bias on keys.
 */
public final class Beit {

  private static final String POOLER = "pooler.layernorm";

  private Beit() {}

  /** BEiT-B/16 at 224 pixels: 85,761,984 parameters. */
  public static VitConfig base() {
    return published(768, 12, 12);
  }

  /** BEiT-L/16 at 224 pixels: 303,405,568 parameters. */
  public static VitConfig large() {
    return published(1024, 24, 16);
  }

  private static VitConfig published(int width, int layers, int heads) {
    return new VitConfig(
        VitFamily.BEIT,
        224,
        new VitSizes(16, width, layers, heads, 4 * width, 1e-12),
        new VitParts(
            Activation.GELU,
            false,
            QkvBias.NOT_KEYS,
            true,
            false,
            Relative.EVERY_LAYER,
            0,
            false,
            false,
            true));
  }

  /** Whether a checkpoint has the norm of the pooled features: those for hidden patches do not. */
  static boolean hasPooler(Checkpoint checkpoint) {
    String name = POOLER + ".weight";
    return checkpoint.names().contains(name)
        || checkpoint.names().contains(VitFamily.BEIT.prefix() + name);
  }

  /**
   * From a Hugging Face configuration.
   *
   * @param hasPooler whether the checkpoint has the norm of the pooled features
   */
  static VitConfig from(ConfigFile file, boolean hasPooler) {
    file.requireThreeChannels();
    boolean meanPooling = file.flag("use_mean_pooling", true);
    try {
      return new VitConfig(
          VitFamily.BEIT,
          file.integer("image_size", 224),
          new VitSizes(
              file.integer("patch_size", 16),
              file.integer("hidden_size", 768),
              file.integer("num_hidden_layers", 12),
              file.integer("num_attention_heads", 12),
              file.integer("intermediate_size", 3072),
              file.number("layer_norm_eps", 1e-12)),
          new VitParts(
              file.activation("hidden_act", "gelu"),
              false,
              QkvBias.NOT_KEYS,
              file.number("layer_scale_init_value", 0.1) > 0,
              file.flag("use_absolute_position_embeddings", false),
              relative(
                  file.flag("use_relative_position_bias", false),
                  file.flag("use_shared_relative_position_bias", false)),
              0,
              file.flag("use_mask_token", false),
              !meanPooling,
              meanPooling && hasPooler));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  private static Relative relative(boolean everyLayer, boolean shared) {
    if (everyLayer) {
      return shared ? Relative.BOTH : Relative.EVERY_LAYER;
    }
    return shared ? Relative.SHARED : Relative.NONE;
  }

  static KeyMap keys(VitConfig config) {
    KeyMap keys = new KeyMap().ignore(".*relative_position_index");
    long width = config.width();
    VitKeys.embeddings(
        keys, config, "embeddings.cls_token", "embeddings.patch_embeddings.projection");
    VitKeys.positions(keys, config, "embeddings.position_embeddings");
    if (config.parts().maskToken()) {
      keys.add("embeddings.mask", "embeddings.mask_token", 1, 1, width);
    }
    String table = "relative_position_bias.relative_position_bias_table";
    if (config.parts().relative().shared()) {
      VitKeys.relative(keys, config, "", "encoder." + table);
    }
    for (int i = 0; i < config.sizes().layers(); i++) {
      String own = "layers." + i + ".";
      String stored = "encoder.layer." + i + ".";
      String attention = stored + "attention.attention.";
      VitKeys.norm(keys, config, own + "norm1", stored + "layernorm_before");
      VitKeys.threeMaps(
          keys, config, own, attention + "query", attention + "key", attention + "value");
      if (config.parts().relative().everyLayer()) {
        VitKeys.relative(keys, config, own, attention + table);
      }
      VitKeys.linear(keys, own + "attention.out", stored + "attention.output.dense", width, width);
      VitKeys.norm(keys, config, own + "norm2", stored + "layernorm_after");
      VitKeys.feedForward(
          keys, config, own, stored + "intermediate.dense", stored + "output.dense");
      VitKeys.scales(keys, config, own, stored + "lambda_1", stored + "lambda_2");
    }
    if (config.parts().finalNorm()) {
      VitKeys.norm(keys, config, "final_norm", "layernorm");
    }
    if (config.parts().pooledNorm()) {
      VitKeys.norm(keys, config, "pooled_norm", POOLER);
    }
    return keys;
  }
}
