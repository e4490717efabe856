package io.lorgnette.vision;

import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * The names of CLIP's vision transformer in released checkpoints. Own names: {@code
 * embeddings.{class,patch,positions}}, {@code pre_norm}, {@code
 * layers.N.{norm1,attention.qkv,attention.out,norm2,fc1,fc2}}, {@code post_norm}, {@code
 * projection}; queries, keys and values are one matrix.
 */
final class ClipVitKeys {

  /** Before the names in most files; newer ones of the vision part alone are without. */
  static final String VISION_MODEL = "vision_model.";

  private ClipVitKeys() {}

  /** The map that fits the names of a checkpoint. */
  static KeyMap of(Checkpoint checkpoint, ClipVitConfig config) {
    if (has(checkpoint, "visual.")) {
      return openAi(config);
    }
    return huggingFace(config, has(checkpoint, VISION_MODEL) ? VISION_MODEL : "");
  }

  private static boolean has(Checkpoint checkpoint, String prefix) {
    return checkpoint.names().stream().anyMatch(name -> name.startsWith(prefix));
  }

  static boolean hasProjection(Checkpoint checkpoint) {
    return checkpoint.names().contains("visual_projection.weight")
        || checkpoint.names().contains("visual.proj");
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
        config.patches() + 1L,
        width);
    norm(keys, "pre_norm", prefix + "pre_layrnorm", width); // their spelling
    for (int i = 0; i < config.layers(); i++) {
      String own = "layers." + i + ".";
      String stored = prefix + "encoder.layers." + i + ".";
      norm(keys, own + "norm1", stored + "layer_norm1", width);
      for (String part : List.of("weight", "bias")) {
        keys.join(
            own + "attention.qkv." + part,
            List.of(
                stored + "self_attn.q_proj." + part,
                stored + "self_attn.k_proj." + part,
                stored + "self_attn.v_proj." + part),
            List.of(width, width, width),
            part.equals("weight") ? new long[] {width} : new long[0]);
      }
      linear(keys, own + "attention.out", stored + "self_attn.out_proj", width, width);
      norm(keys, own + "norm2", stored + "layer_norm2", width);
      linear(keys, own + "fc1", stored + "mlp.fc1", config.hidden(), width);
      linear(keys, own + "fc2", stored + "mlp.fc2", width, config.hidden());
    }
    norm(keys, "post_norm", prefix + "post_layernorm", width);
    if (config.projection() > 0) {
      keys.add("projection", "visual_projection.weight", config.projection(), width);
    }
    return keys;
  }

  /** OpenAI; the text part is passed over. */
  static KeyMap openAi(ClipVitConfig config) {
    long width = config.width();
    KeyMap keys =
        new KeyMap()
            .ignore("transformer\\..*|token_embedding\\.weight|ln_final\\..*")
            .ignore("positional_embedding|text_projection|logit_scale")
            .ignore("input_resolution|context_length|vocab_size");
    keys.add("embeddings.class", "visual.class_embedding", width);
    keys.add("embeddings.patch", "visual.conv1.weight", patchShape(config));
    keys.add("embeddings.positions", "visual.positional_embedding", config.patches() + 1L, width);
    norm(keys, "pre_norm", "visual.ln_pre", width);
    for (int i = 0; i < config.layers(); i++) {
      String own = "layers." + i + ".";
      String stored = "visual.transformer.resblocks." + i + ".";
      norm(keys, own + "norm1", stored + "ln_1", width);
      keys.add(own + "attention.qkv.weight", stored + "attn.in_proj_weight", 3 * width, width);
      keys.add(own + "attention.qkv.bias", stored + "attn.in_proj_bias", 3 * width);
      linear(keys, own + "attention.out", stored + "attn.out_proj", width, width);
      norm(keys, own + "norm2", stored + "ln_2", width);
      linear(keys, own + "fc1", stored + "mlp.c_fc", config.hidden(), width);
      linear(keys, own + "fc2", stored + "mlp.c_proj", width, config.hidden());
    }
    norm(keys, "post_norm", "visual.ln_post", width);
    if (config.projection() > 0) {
      keys.addTransposed("projection", "visual.proj", config.projection(), width);
    }
    return keys;
  }

  private static long[] patchShape(ClipVitConfig config) {
    return new long[] {config.width(), 3, config.patch(), config.patch()};
  }

  private static void norm(KeyMap keys, String own, String stored, long width) {
    keys.add(own + ".weight", stored + ".weight", width);
    keys.add(own + ".bias", stored + ".bias", width);
  }

  private static void linear(KeyMap keys, String own, String stored, long out, long in) {
    keys.add(own + ".weight", stored + ".weight", out, in);
    keys.add(own + ".bias", stored + ".bias", out);
  }
}
