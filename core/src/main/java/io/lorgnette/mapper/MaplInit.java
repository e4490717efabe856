package io.lorgnette.mapper;

import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Initial weights of MAPL's mapping network, as the published code starts: as PyTorch's modules,
 * but the joint query-key-value matrix Xavier uniform, attention biases zero, and every layer a
 * copy of the first.
 */
final class MaplInit {

  private static final String FIRST = "layers.0.";

  private MaplInit() {}

  /** Tensors in F32 under own names, drawn in the order of the keys. */
  static Map<String, Tensor> draw(KeyMap keys, long seed, Device device) {
    Initial.Rule others = Initial.asPyTorch(keys);
    Map<String, float[]> first = new LinkedHashMap<>();
    return Initial.draw(
        keys,
        seed,
        device,
        (name, shape, draws) ->
            first.computeIfAbsent(
                name.replaceFirst("^layers\\.\\d+\\.", FIRST),
                original -> values(original, shape, draws, others)));
  }

  private static float[] values(String name, List<Long> shape, Draws draws, Initial.Rule others) {
    if (name.startsWith(FIRST + "attention.") && name.endsWith("bias")) {
      return new float[Initial.count(shape)];
    }
    if (name.equals(FIRST + "attention.qkv.weight")) {
      return draws.uniform(Initial.count(shape), Math.sqrt(6.0 / (shape.get(0) + shape.get(1))));
    }
    return others.values(name, shape, draws);
  }
}
