package io.lorgnette.mapper;

import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Initial weights, which a seed makes the same on every machine. */
public final class Initial {

  /** The initial values of one tensor. */
  @FunctionalInterface
  public interface Rule {
    /**
     * Draws the values, row by row.
     *
     * @param name own name
     */
    float[] values(String name, List<Long> shape, Draws draws);
  }

  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";

  private Initial() {}

  /** Tensors in F32 under own names, drawn in the order of the keys; owned by the caller. */
  public static Map<String, Tensor> draw(KeyMap keys, long seed, Device device, Rule rule) {
    device.require();
    Draws draws = new Draws(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      keys.shapes()
          .forEach(
              (name, shape) -> {
                float[] values = rule.values(name, shape, draws);
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                tensors.put(
                    name, Scope.release(Tensors.to(Tensors.ofFloats(values, sizes), device)));
              });
    }
    return tensors;
  }

  /**
   * As PyTorch's modules start: linear maps uniform within {@code 1 / sqrt(fan in)}, their biases
   * too, norms one and zero, and what is neither, learned constants, standard normal.
   */
  static Rule asPyTorch(KeyMap keys) {
    Map<String, List<Long>> shapes = keys.shapes();
    return (name, shape, draws) -> {
      if (!name.endsWith(WEIGHT) && !name.endsWith(BIAS)) {
        return draws.normal(count(shape));
      }
      List<Long> weight = shapes.get(name.replaceFirst(BIAS + "$", WEIGHT));
      if (weight.size() == 1) {
        return norm(name, count(shape));
      }
      return draws.uniform(count(shape), 1 / Math.sqrt((double) weight.get(1)));
    };
  }

  /** The weight of a norm, one, or its bias, zero. */
  public static float[] norm(String name, int count) {
    float[] values = new float[count];
    Arrays.fill(values, name.endsWith(WEIGHT) ? 1 : 0);
    return values;
  }

  /** How many values a tensor has. */
  public static int count(List<Long> shape) {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }
}
