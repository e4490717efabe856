package io.lorgnette.vision;

import static io.lorgnette.vision.TowerKeys.norm;

import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;

/**
 * The names of CLIP's vision transformer in released checkpoints. Own names: {@code
 * embeddings.{class,patch,positions}}, {@code pre_norm}, the blocks of {@link TowerKeys}, {@code
 * post_norm}, {@code projection}.
 */
final class ClipVitKeys {

  /** Before the names in most files; newer ones of the vision part alone are without. */
  static final String VISION_MODEL = "vision_model.";

  /** Before OpenAI's and OpenCLIP's names. */
  static final String VISUAL = "visual.";

  /** Before the names in a BLIP-2 checkpoint of LAVIS. */
  static final String VISUAL_ENCODER = "visual_encoder.";

  private ClipVitKeys() {}

  /** The map that fits the names of a checkpoint. */
  static KeyMap of(Checkpoint checkpoint, ClipVitConfig config) {
    for (String prefix : new String[] {VISUAL, VISUAL_ENCODER, ""}) {
      if (checkpoint.names().contains(prefix + "class_embedding")) {
        return prefix.equals(VISUAL) ? openAi(config) : lavis(config, prefix);
      }
    }
    return huggingFace(config, TowerKeys.hasPrefix(checkpoint, VISION_MODEL) ? VISION_MODEL : "");
  }

  static boolean hasProjection(Checkpoint checkpoint) {
    return checkpoint.names().contains("visual_projection.weight")
        || checkpoint.names().contains(VISUAL + "proj");
  }

  /** Hugging Face; the text part of a pair is passed over. */
  static KeyMap huggingFace(ClipVitConfig config, String prefix) {
    long width = config.width();
    KeyMap keys =
        new KeyMap()
            .ignore("text_model\\..*|text_projection\\.weight|logit_scale")
            .ignore("(vision_model\\.)?embeddings\\.position_ids");
    String embeddings = prefix + "embeddings.";
    keys.add("embeddings.class", embeddings + "class_embedding", width);
    keys.add("embeddings.patch", embeddings + "patch_embedding.weight", patchShape(config));
    keys.add(
        "embeddings.positions",
        embeddings + "position_embedding.weight",
        config.storedPatches() + 1L,
        width);
    norm(keys, "pre_norm", prefix + "pre_layrnorm", width); // their spelling
    TowerKeys.huggingFace(keys, prefix, config.tower());
    if (config.postNorm()) {
      norm(keys, "post_norm", prefix + "post_layernorm", width);
    }
    if (config.projection() > 0) {
      keys.add("projection", "visual_projection.weight", config.projection(), width);
    }
    return keys;
  }

  /** OpenAI and OpenCLIP; the text part is passed over. */
  static KeyMap openAi(ClipVitConfig config) {
    return ignoreText(openAi(config, VISUAL));
  }

  /** Passes over the text part and the scale of a pair. */
  static KeyMap ignoreText(KeyMap keys) {
    return keys.ignore("(text\\.)?(transformer\\..*|token_embedding\\.weight|ln_final\\..*)")
        .ignore("(text\\.)?(positional_embedding|text_projection)|logit_scale")
        .ignore("input_resolution|context_length|vocab_size");
  }

  /**
   * LAVIS: the names of OpenAI's vision part, in a file of their own or beside the other parts of
   * BLIP-2. The block and norm that the tower drops may be there.
   */
  static KeyMap lavis(ClipVitConfig config, String prefix) {
    KeyMap keys = openAi(config, prefix);
    if (!config.postNorm()) {
      String dropped = "transformer\\.resblocks\\." + config.layers() + "\\..*|ln_post\\..*|proj";
      keys.ignore(prefix.replace(".", "\\.") + "(" + dropped + ")");
    }
    if (!prefix.isEmpty()) {
      keys.ignore("(?!" + prefix.replace(".", "\\.") + ").*");
    }
    return keys;
  }

  private static KeyMap openAi(ClipVitConfig config, String prefix) {
    long width = config.width();
    KeyMap keys = new KeyMap();
    keys.add("embeddings.class", prefix + "class_embedding", width);
    keys.add("embeddings.patch", prefix + "conv1.weight", patchShape(config));
    keys.add(
        "embeddings.positions",
        prefix + "positional_embedding",
        config.storedPatches() + 1L,
        width);
    norm(keys, "pre_norm", prefix + "ln_pre", width);
    TowerKeys.openAi(keys, prefix, config.tower());
    if (config.postNorm()) {
      norm(keys, "post_norm", prefix + "ln_post", width);
    }
    if (config.projection() > 0) {
      keys.addTransposed("projection", prefix + "proj", config.projection(), width);
    }
    return keys;
  }

  private static long[] patchShape(ClipVitConfig config) {
    return new long[] {config.width(), 3, config.patch(), config.patch()};
  }
}
