package io.lorgnette.vision;

import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * The names of a {@link TowerShape}'s blocks in released checkpoints. Own names: {@code
 * layers.N.{norm1,attention.qkv,attention.out,norm2,fc1,fc2}}; queries, keys and values are one
 * matrix.
 */
final class TowerKeys {

  private TowerKeys() {}

  static boolean hasPrefix(Checkpoint checkpoint, String prefix) {
    return checkpoint.names().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /** Hugging Face: {@code PREFIXencoder.layers.N}. */
  static void huggingFace(KeyMap keys, String prefix, TowerShape shape) {
    long width = shape.width();
    for (int i = 0; i < shape.layers(); i++) {
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
      linear(keys, own + "fc1", stored + "mlp.fc1", shape.hidden(), width);
      linear(keys, own + "fc2", stored + "mlp.fc2", width, shape.hidden());
    }
  }

  /** OpenAI and OpenCLIP: {@code PREFIXtransformer.resblocks.N}. */
  static void openAi(KeyMap keys, String prefix, TowerShape shape) {
    long width = shape.width();
    for (int i = 0; i < shape.layers(); i++) {
      String own = "layers." + i + ".";
      String stored = prefix + "transformer.resblocks." + i + ".";
      norm(keys, own + "norm1", stored + "ln_1", width);
      packed(keys, own + "attention.qkv", stored + "attn", width);
      linear(keys, own + "attention.out", stored + "attn.out_proj", width, width);
      norm(keys, own + "norm2", stored + "ln_2", width);
      linear(keys, own + "fc1", stored + "mlp.c_fc", shape.hidden(), width);
      linear(keys, own + "fc2", stored + "mlp.c_proj", width, shape.hidden());
    }
  }

  /** Queries, keys and values as PyTorch's own attention stores them. */
  static void packed(KeyMap keys, String own, String stored, long width) {
    keys.add(own + ".weight", stored + ".in_proj_weight", 3 * width, width);
    keys.add(own + ".bias", stored + ".in_proj_bias", 3 * width);
  }

  static void norm(KeyMap keys, String own, String stored, long width) {
    keys.add(own + ".weight", stored + ".weight", width);
    keys.add(own + ".bias", stored + ".bias", width);
  }

  static void linear(KeyMap keys, String own, String stored, long out, long in) {
    keys.add(own + ".weight", stored + ".weight", out, in);
    keys.add(own + ".bias", stored + ".bias", out);
  }

  /** How many blocks of OpenAI's naming a checkpoint has. */
  static int openAiLayers(Checkpoint checkpoint, String prefix) {
    int layers = 0;
    while (checkpoint
        .names()
        .contains(prefix + "transformer.resblocks." + layers + ".ln_1.weight")) {
      layers++;
    }
    return layers;
  }
}
