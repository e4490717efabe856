package io.lorgnette.vision;

import io.lorgnette.nn.Activation;
import io.lorgnette.vision.VitParts.QkvBias;
import io.lorgnette.vision.VitParts.Relative;
import io.lorgnette.weights.KeyMap;
import java.util.Set;

/**
 * EVA ViT-g/14 (Fang et al. 2023) as LAVIS' BLIP-2 uses it: 39 of its 40 blocks, and no norm behind
 * them.
 *
 * <p>{@code eva_vit_g.pth} comes without a configuration. A folder with it has this {@code
 * config.json}, whose keys are LAVIS' own: {@code {"model_type": "eva-vit", "img_size": 224,
 * "patch_size": 14, "embed_dim": 1408, "depth": 39, "num_heads": 16, "mlp_ratio": 4.3637,
 * "norm_eps": 1e-6}}.
 */
public final class EvaVit {

  static final String MODEL_TYPE = "eva-vit";

  private EvaVit() {}

  /** ViT-g/14: 985,894,528 parameters. */
  public static VitConfig giant() {
    return of(224, new VitSizes(14, 1408, 39, 16, hidden(1408, 4.3637), 1e-6));
  }

  private static VitConfig of(int imageSize, VitSizes sizes) {
    VitParts parts =
        new VitParts(
            Activation.GELU,
            false,
            QkvBias.NOT_KEYS,
            false,
            true,
            Relative.NONE,
            0,
            false,
            false,
            false);
    return new VitConfig(VitFamily.EVA, imageSize, sizes, parts);
  }

  private static int hidden(int width, double ratio) {
    return (int) (width * ratio);
  }

  static VitConfig from(ConfigFile file) {
    file.onlyKeys(
        Set.of(
            "model_type",
            "img_size",
            "patch_size",
            "embed_dim",
            "depth",
            "num_heads",
            "mlp_ratio",
            "mlp_hidden",
            "norm_eps",
            "act",
            "output"));
    if (!file.text("act", "gelu").equals("gelu")) {
      throw file.wrong("act", "is " + file.text("act"), "gelu");
    }
    int width = file.integer("embed_dim");
    int hidden = hidden(width, file.number("mlp_ratio"));
    if (file.integer("mlp_hidden", hidden) != hidden) {
      throw file.wrong(
          "mlp_hidden", "is " + file.integer("mlp_hidden"), hidden + " by mlp_ratio, or nothing");
    }
    try {
      return of(
              file.integer("img_size"),
              new VitSizes(
                  file.integer("patch_size"),
                  width,
                  file.integer("depth"),
                  file.integer("num_heads"),
                  hidden,
                  file.number("norm_eps")))
          .withOutput(file.text("output", "last"));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  /** The block behind those that are used is passed over, and so is what was trained on it. */
  static KeyMap keys(VitConfig config) {
    KeyMap keys =
        new KeyMap()
            .ignore("(visual_encoder\\.)?blocks\\." + config.sizes().layers() + "\\..*")
            .ignore("(norm|fc_norm|head)\\..*");
    VitKeys.embeddings(keys, config, "cls_token", "patch_embed.proj");
    VitKeys.positions(keys, config, "pos_embed");
    long width = config.width();
    for (int i = 0; i < config.sizes().layers(); i++) {
      String own = "layers." + i + ".";
      String stored = "blocks." + i + ".";
      VitKeys.norm(keys, config, own + "norm1", stored + "norm1");
      keys.add(own + "attention.q_bias", stored + "attn.q_bias", width);
      keys.add(own + "attention.v_bias", stored + "attn.v_bias", width);
      keys.add(own + "attention.qkv.weight", stored + "attn.qkv.weight", 3 * width, width);
      VitKeys.linear(keys, own + "attention.out", stored + "attn.proj", width, width);
      VitKeys.norm(keys, config, own + "norm2", stored + "norm2");
      VitKeys.feedForward(keys, config, own, stored + "mlp.fc1", stored + "mlp.fc2");
    }
    return keys;
  }
}
