package io.lorgnette.vision;

import static io.lorgnette.vision.TowerKeys.norm;

import io.lorgnette.vision.TextTowerConfig.Kind;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;

/**
 * The names of text towers in released checkpoints. Own names: {@code embeddings.{tokens,
 * positions}}, the blocks of {@link TowerKeys}, {@code final_norm}, {@code
 * projection.{weight,bias}}.
 */
final class TextTowerKeys {

  /** Before the names in most files; newer ones of the text part alone are without. */
  static final String TEXT_MODEL = "text_model.";

  private TextTowerKeys() {}

  /** The map that fits the names of a checkpoint. */
  static KeyMap of(Checkpoint checkpoint, TextTowerConfig config) {
    for (String prefix : new String[] {"", "text."}) {
      if (checkpoint.names().contains(prefix + "token_embedding.weight")) {
        return openAi(config, prefix);
      }
    }
    return huggingFace(config, TowerKeys.hasPrefix(checkpoint, TEXT_MODEL) ? TEXT_MODEL : "");
  }

  /** Whether a checkpoint of CLIP in Hugging Face's form has one. */
  static boolean hasProjection(Checkpoint checkpoint) {
    return checkpoint.names().contains("text_projection.weight");
  }

  /** Hugging Face, CLIP or SigLIP; the vision part of a pair is passed over. */
  static KeyMap huggingFace(TextTowerConfig config, String prefix) {
    long width = config.tower().width();
    KeyMap keys =
        new KeyMap()
            .ignore("vision_model\\..*|visual_projection\\.weight|logit_scale|logit_bias")
            .ignore("(text_model\\.)?embeddings\\.position_ids");
    String embeddings = prefix + "embeddings.";
    keys.add(
        "embeddings.tokens", embeddings + "token_embedding.weight", config.vocabulary(), width);
    keys.add(
        "embeddings.positions",
        embeddings + "position_embedding.weight",
        config.positions(),
        width);
    TowerKeys.huggingFace(keys, prefix, config.tower());
    norm(keys, "final_norm", prefix + "final_layer_norm", width);
    if (config.kind() == Kind.SIGLIP) {
      TowerKeys.linear(keys, "projection", prefix + "head", config.projection(), width);
    } else if (config.projection() > 0) {
      keys.add("projection.weight", "text_projection.weight", config.projection(), width);
    }
    return keys;
  }

  /** OpenAI and OpenCLIP; the vision part of a pair is passed over. */
  static KeyMap openAi(TextTowerConfig config, String prefix) {
    long width = config.tower().width();
    KeyMap keys =
        new KeyMap()
            .ignore("visual\\..*|logit_scale")
            .ignore("input_resolution|context_length|vocab_size");
    keys.add("embeddings.tokens", prefix + "token_embedding.weight", config.vocabulary(), width);
    keys.add("embeddings.positions", prefix + "positional_embedding", config.positions(), width);
    TowerKeys.openAi(keys, prefix, config.tower());
    norm(keys, "final_norm", prefix + "ln_final", width);
    if (config.projection() > 0) {
      keys.addTransposed(
          "projection.weight", prefix + "text_projection", config.projection(), width);
    }
    return keys;
  }
}
