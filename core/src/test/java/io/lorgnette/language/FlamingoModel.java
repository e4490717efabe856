package io.lorgnette.language;

import io.lorgnette.nn.GatedCrossAttention;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The tiny OpenFlamingo of the goldens: an OPT, and one block before its layer 1. */
public final class FlamingoModel implements AutoCloseable {

  public static final int MEDIA_TOKEN = 69;

  private static final int LAYER = 1;

  final LanguageModel lm;
  final Parameters parameters;
  final GatedCrossAttention block;

  public FlamingoModel(Golden golden) {
    lm = LanguageModel.load(golden.path("lm"), Dtype.F32, Device.CPU);
    GatedCrossAttention.Shape shape = new GatedCrossAttention.Shape(16, 20, 2, 8, 64);
    KeyMap map = new KeyMap();
    String stored = "lang_encoder.model.decoder.layers." + LAYER + ".gated_cross_attn_layer";
    shape.addKeys(map, "block", stored);
    map.ignore("perceiver\\..*").ignore("lang_encoder\\.(?!.*gated_cross_attn_layer).*");
    try (Checkpoint checkpoint = Checkpoint.open(golden.path("model.safetensors"))) {
      parameters = Parameters.of(map.read(checkpoint, Dtype.F32, Device.CPU));
    }
    block = new GatedCrossAttention(parameters.at("block"), shape);
  }

  /** The language model that looks at images. */
  public LanguageModel looking(Tensor media, Tensor seen) {
    return lm.with(new MediaLayers(Map.of(LAYER, block), media, seen, true));
  }

  /** How many image tokens stand at or before each token, row by row. */
  public static long[] seen(long[] ids, int columns) {
    long[] seen = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      long before = i % columns == 0 ? 0 : seen[i - 1];
      seen[i] = before + (ids[i] == MEDIA_TOKEN ? 1 : 0);
    }
    assert Arrays.stream(seen).anyMatch(count -> count > 0);
    return seen;
  }

  @Override
  public void close() {
    lm.close();
    parameters.close();
  }
}
