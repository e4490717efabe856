package io.lorgnette.vision;

import io.lorgnette.vision.VitParts.QkvBias;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * What the names of all vision transformers share. Own names: {@code
 * embeddings.{class,patch,positions,registers,mask}}, {@code relative.table}, {@code layers.N} with
 * those of {@link io.lorgnette.nn.PreNormBlock} and {@code relative.table}, {@code final_norm},
 * {@code pooled_norm}.
 */
final class VitKeys {

  private VitKeys() {}

  /** Class token and patches. */
  static void embeddings(KeyMap keys, VitConfig config, String classToken, String patch) {
    long width = config.width();
    int side = config.sizes().patch();
    keys.add("embeddings.class", classToken, 1, 1, width);
    keys.add("embeddings.patch.weight", patch + ".weight", width, 3, side, side);
    keys.add("embeddings.patch.bias", patch + ".bias", width);
  }

  /** Positions of class token and patches, where the model has them. */
  static void positions(KeyMap keys, VitConfig config, String stored) {
    if (config.parts().positions()) {
      long side = config.trainedSide();
      keys.add("embeddings.positions", stored, 1, side * side + 1, config.width());
    }
  }

  /** A table of biases for distances. */
  static void relative(KeyMap keys, VitConfig config, String own, String stored) {
    int rows = RelativePositions.rows(config.trainedSide());
    keys.add(own + "relative.table", stored, rows, config.sizes().heads());
  }

  /** Queries, keys and values, stored as three maps. */
  static void threeMaps(KeyMap keys, VitConfig config, String own, String q, String k, String v) {
    long width = config.width();
    keys.join(
        own + "attention.qkv.weight",
        List.of(q + ".weight", k + ".weight", v + ".weight"),
        List.of(width, width, width),
        width);
    if (config.parts().qkvBias() == QkvBias.ALL) {
      keys.join(
          own + "attention.qkv.bias",
          List.of(q + ".bias", k + ".bias", v + ".bias"),
          List.of(width, width, width));
    } else if (config.parts().qkvBias() == QkvBias.NOT_KEYS) {
      keys.add(own + "attention.q_bias", q + ".bias", width);
      keys.add(own + "attention.v_bias", v + ".bias", width);
    }
  }

  /** The feed-forward; its first map is twice as wide where it is gated. */
  static void feedForward(KeyMap keys, VitConfig config, String own, String fc1, String fc2) {
    long hidden = config.sizes().hidden();
    linear(keys, own + "fc1", fc1, config.parts().gated() ? 2 * hidden : hidden, config.width());
    linear(keys, own + "fc2", fc2, config.width(), hidden);
  }

  /** The scales of a block, where the model has them. */
  static void scales(KeyMap keys, VitConfig config, String own, String first, String second) {
    if (config.parts().layerScale()) {
      keys.add(own + "scale1", first, config.width());
      keys.add(own + "scale2", second, config.width());
    }
  }

  static void norm(KeyMap keys, VitConfig config, String own, String stored) {
    keys.add(own + ".weight", stored + ".weight", config.width());
    keys.add(own + ".bias", stored + ".bias", config.width());
  }

  static void linear(KeyMap keys, String own, String stored, long out, long in) {
    keys.add(own + ".weight", stored + ".weight", out, in);
    keys.add(own + ".bias", stored + ".bias", out);
  }
}
