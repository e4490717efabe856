package io.lorgnette.mapper;

import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Initial weights as BERT starts: normal of deviation 0.02, biases zero, norms one; the
 * feed-forward of a Q-Former's queries is that of its text.
 */
final class NormalInit {

  private static final float DEVIATION = 0.02f;

  private NormalInit() {}

  /** Tensors in F32 under own names, drawn in the order of the keys. */
  static Map<String, Tensor> draw(KeyMap keys, long seed, Device device) {
    Map<String, float[]> drawn = new LinkedHashMap<>();
    return Initial.draw(
        keys,
        seed,
        device,
        (name, shape, draws) ->
            drawn.computeIfAbsent(
                name.replace(".text_mlp.", ".mlp."),
                key -> values(key, Initial.count(shape), draws)));
  }

  private static float[] values(String name, int count, Draws draws) {
    if (name.contains("norm") || name.endsWith(".bias")) {
      return Initial.norm(name, count);
    }
    float[] values = draws.normal(count);
    for (int i = 0; i < count; i++) {
      values[i] *= DEVIATION;
    }
    return values;
  }
}
