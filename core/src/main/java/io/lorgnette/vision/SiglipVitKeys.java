package io.lorgnette.vision;

import static io.lorgnette.vision.TowerKeys.linear;
import static io.lorgnette.vision.TowerKeys.norm;

import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;

/**
 * The names of SigLIP's vision transformer in Hugging Face checkpoints. Own names: {@code
 * embeddings.patch.{weight,bias}}, {@code embeddings.positions}, the blocks of {@link TowerKeys},
 * {@code post_norm}, {@code head.{probe,attention.qkv,attention.out,norm,fc1,fc2}}.
 */
final class SiglipVitKeys {

  private SiglipVitKeys() {}

  /** The map that fits the names of a checkpoint. */
  static KeyMap of(Checkpoint checkpoint, SiglipVitConfig config) {
    String prefix = ClipVitKeys.VISION_MODEL;
    return huggingFace(config, TowerKeys.hasPrefix(checkpoint, prefix) ? prefix : "");
  }

  /** The text part of a pair is passed over. */
  static KeyMap huggingFace(SiglipVitConfig config, String prefix) {
    long width = config.tower().width();
    long patch = config.patch();
    KeyMap keys =
        new KeyMap()
            .ignore("text_model\\..*|logit_scale|logit_bias")
            .ignore("(vision_model\\.)?embeddings\\.position_ids");
    String embeddings = prefix + "embeddings.";
    keys.add(
        "embeddings.patch.weight",
        embeddings + "patch_embedding.weight",
        config.flexible()
            ? new long[] {width, 3 * patch * patch}
            : new long[] {width, 3, patch, patch});
    keys.add("embeddings.patch.bias", embeddings + "patch_embedding.bias", width);
    keys.add(
        "embeddings.positions",
        embeddings + "position_embedding.weight",
        (long) config.storedSide() * config.storedSide(),
        width);
    TowerKeys.huggingFace(keys, prefix, config.tower());
    norm(keys, "post_norm", prefix + "post_layernorm", width);
    if (config.head()) {
      String head = prefix + "head.";
      keys.add("head.probe", head + "probe", 1, 1, width);
      TowerKeys.packed(keys, "head.attention.qkv", head + "attention", width);
      linear(keys, "head.attention.out", head + "attention.out_proj", width, width);
      norm(keys, "head.norm", head + "layernorm", width);
      linear(keys, "head.fc1", head + "mlp.fc1", config.tower().hidden(), width);
      linear(keys, "head.fc2", head + "mlp.fc2", width, config.tower().hidden());
    }
    return keys;
  }
}
