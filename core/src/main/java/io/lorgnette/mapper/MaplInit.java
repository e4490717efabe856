package io.lorgnette.mapper;

import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Initial weights of MAPL's mapping network, as the published code starts: linear maps uniform
 * within {@code 1 / sqrt(fan in)}, the joint query-key-value matrix Xavier uniform, attention
 * biases zero, constants standard normal, and every layer a copy of the first.
 */
final class MaplInit {

  private static final String FIRST = "layers.0.";

  private MaplInit() {}

  /** Tensors in F32 under own names, drawn in the order of the configuration's keys. */
  static Map<String, Tensor> draw(MaplConfig config, long seed, Device device) {
    device.require();
    Draws draws = new Draws(seed);
    Map<String, float[]> first = new LinkedHashMap<>();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      config
          .keys()
          .shapes()
          .forEach(
              (name, shape) -> {
                String original = name.replaceFirst("^layers\\.\\d+\\.", FIRST);
                float[] values =
                    first.computeIfAbsent(original, n -> values(n, shape, config, draws));
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                tensors.put(
                    name, Scope.release(Tensors.to(Tensors.ofFloats(values, sizes), device)));
              });
    }
    return tensors;
  }

  private static float[] values(String name, List<Long> shape, MaplConfig config, Draws draws) {
    int count = Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
    if (name.equals("constants")) {
      return draws.normal(count);
    }
    if (name.contains(".norm")) {
      float[] values = new float[count];
      Arrays.fill(values, name.endsWith("weight") ? 1 : 0);
      return values;
    }
    if (name.startsWith(FIRST + "attention.") && name.endsWith("bias")) {
      return new float[count];
    }
    if (name.equals(FIRST + "attention.qkv.weight")) {
      return draws.uniform(count, Math.sqrt(6.0 / (shape.get(0) + shape.get(1))));
    }
    return draws.uniform(count, 1 / Math.sqrt(fanIn(name, config)));
  }

  private static int fanIn(String name, MaplConfig config) {
    if (name.startsWith("down.")) {
      return config.inputWidth();
    }
    return name.startsWith(FIRST + "mlp.down.") ? config.feedForward() : config.width();
  }
}
