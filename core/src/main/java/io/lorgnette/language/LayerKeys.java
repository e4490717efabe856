package io.lorgnette.language;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Adds norms and linear maps to a key map, with the biases that a model has. */
final class LayerKeys {

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private final KeyMap map;

  LayerKeys(KeyMap map) {
    this.map = map;
  }

  void layerNorm(String own, String stored, long width) {
    rmsNorm(own, stored, width);
    map.add(own + BIAS, stored + BIAS, width);
  }

  void rmsNorm(String own, String stored, long width) {
    map.add(own + WEIGHT, stored + WEIGHT, width);
  }

  void linear(String own, String stored, long out, long in, boolean bias) {
    map.add(own + WEIGHT, stored + WEIGHT, out, in);
    if (bias) {
      map.add(own + BIAS, stored + BIAS, out);
    }
  }

  /** One linear map from several stored ones with the same input. */
  void joined(String own, List<String> stored, List<Long> out, long in, boolean bias) {
    map.join(own + WEIGHT, stored.stream().map(name -> name + WEIGHT).toList(), out, in);
    if (bias) {
      map.join(own + BIAS, stored.stream().map(name -> name + BIAS).toList(), out);
    }
  }

  /** Queries, keys and values as one linear map, and the output projection. */
  void attention(String own, DecoderConfig c, List<String> stored, String output) {
    DecoderConfig.Heads heads = c.attention();
    long q = (long) heads.count() * heads.width();
    long kv = (long) heads.keyed() * heads.width();
    joined(own + "qkv", stored, List.of(q, kv, kv), c.inner(), heads.inputBias());
    linear(own + "out", output, c.inner(), q, heads.outputBias());
  }

  /** What the scores are computed with, where it is not the embedding. */
  void head(DecoderConfig c) {
    if (c.tied()) {
      // Some releases store the matrix a second time.
      map.ignore("lm_head\\.weight");
    } else {
      map.add("head.weight", "lm_head.weight", c.vocabulary(), c.width());
    }
    if (c.headBias()) {
      map.add("head.bias", "lm_head.bias", c.vocabulary());
    }
  }
}
