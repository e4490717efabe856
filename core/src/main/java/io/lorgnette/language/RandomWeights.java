package io.lorgnette.language;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** First weights of models that are trained here. */
final class RandomWeights {

  /** Standard deviation of matrices (Radford et al. 2019). */
  static final double DEVIATION = 0.02;

  private RandomWeights() {}

  /**
   * Normal matrices, norms of 1 and biases of 0, in F32, owned by the caller.
   *
   * @param shapes by own name
   * @param deviation of the matrices
   * @param residual that of the matrices before a residual sum
   */
  static Parameters of(
      Map<String, List<Long>> shapes, double deviation, double residual, long seed, Device device) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    device.require();
    Engine.start();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      // A stream of its own: models made side by side do not take each other's numbers.
      GeneratorOptional stream = new GeneratorOptional(torch.make_generator_cpu(seed));
      shapes.forEach(
          (name, sizes) -> {
            long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
            Tensor tensor = Tensors.zeros(Dtype.F32, Device.CPU, shape);
            if (name.endsWith("weight") && name.toLowerCase(Locale.ROOT).contains("norm")) {
              tensor.fill_(new Scalar(1.0));
            } else if (name.endsWith("weight")) {
              boolean before = name.endsWith("out.weight") || name.endsWith("down.weight");
              tensor.normal_(0, before ? residual : deviation, stream);
            }
            tensors.put(name, Scope.release(Tensors.to(tensor, device)));
          });
    }
    return Parameters.of(tensors);
  }
}
