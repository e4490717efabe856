package io.lorgnette.mapper;

import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import java.util.Arrays;
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
    device.require();
    Draws draws = new Draws(seed);
    Map<String, float[]> drawn = new LinkedHashMap<>();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      keys.shapes()
          .forEach(
              (name, shape) -> {
                int count = Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
                float[] values =
                    drawn.computeIfAbsent(
                        name.replace(".text_mlp.", ".mlp."), key -> values(key, count, draws));
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                tensors.put(
                    name, Scope.release(Tensors.to(Tensors.ofFloats(values, sizes), device)));
              });
    }
    return tensors;
  }

  private static float[] values(String name, int count, Draws draws) {
    if (name.contains("norm") || name.endsWith(".bias")) {
      float[] values = new float[count];
      Arrays.fill(values, name.endsWith("weight") ? 1 : 0);
      return values;
    }
    float[] values = draws.normal(count);
    for (int i = 0; i < count; i++) {
      values[i] *= DEVIATION;
    }
    return values;
  }
}
