package io.lorgnette.method;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Initial weights, drawn tensor by tensor. */
final class Start {

  /** Values of one tensor. */
  @FunctionalInterface
  interface Values {
    float[] of(String name, List<Long> shape, int count);
  }

  private Start() {}

  /** Tensors in F32 under own names, in the order of the keys; owned by the caller. */
  static Map<String, Tensor> draw(KeyMap keys, Device device, Values values) {
    device.require();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      keys.shapes()
          .forEach(
              (name, shape) -> {
                int count = Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                Tensor drawn = Tensors.ofFloats(values.of(name, shape, count), sizes);
                tensors.put(name, Scope.release(Tensors.to(drawn, device)));
              });
    }
    return tensors;
  }
}
