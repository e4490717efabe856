package io.lorgnette.vision;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A convolution with a bias that does what convolution and batch norm did; made in F64. */
final class FoldedNorm {

  private FoldedNorm() {}

  /**
   * Weight and bias.
   *
   * @param weight {@code [out, in, k, k]}, F64
   * @param norm with {@code weight}, {@code bias}, {@code running_mean} and {@code running_var}
   */
  static Tensor[] fold(Tensor weight, Parameters norm, double epsilon) {
    Tensor spread = norm.get("running_var").add(new Scalar(epsilon)).sqrt();
    Tensor scale = norm.get("weight").div(spread); // [out]
    Tensor bias = norm.get("bias").sub(norm.get("running_mean").mul(scale));
    return new Tensor[] {weight.mul(scale.view(weight.size(0), 1, 1, 1)), bias};
  }

  /**
   * Puts a pair of {@link #fold} among a model's own tensors, which no scope frees, the weight
   * channels-last.
   */
  static void put(Map<String, Tensor> own, String name, Tensor[] pair, Dtype dtype, Device device) {
    Tensor weight = Tensors.to(pair[0], dtype, device);
    own.put(
        name + ".weight",
        Scope.release(weight.clone().contiguous(torch.MemoryFormat.ChannelsLast)));
    own.put(name + ".bias", Scope.release(Tensors.to(pair[1], dtype, device).clone()));
  }
}
