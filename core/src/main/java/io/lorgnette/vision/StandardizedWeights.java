package io.lorgnette.vision;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.NfResNetLayout.Conv;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The weights that convolutions without norms multiply with (Qiao et al. 2019; Brock et al. 2021):
 * those of each output channel with mean 0 and variance 1, times its gain, times ReLU's constant
 * over the root of the fan-in.
 *
 * <p>With gradients they are computed each time, as part of the graph. Without, they are kept until
 * the weights change. Safe for use by several threads.
 */
final class StandardizedWeights implements AutoCloseable {

  /** The deviation of a standard normal number is 1 over this behind ReLU. */
  private static final double RELU = 1.7139588594436646;

  private record Kept(Tensor weight, long version) {}

  private final Parameters weights;
  private final double epsilon;
  private final Dtype dtype;
  private final boolean keeping;
  private final Map<String, Kept> kept = new HashMap<>();

  /**
   * @param weights {@code NAME.weight} and {@code NAME.gain} of every convolution
   * @param dtype format of the results
   * @param keeping whether results are kept, which then have to be closed
   */
  StandardizedWeights(Parameters weights, double epsilon, Dtype dtype, boolean keeping) {
    this.keeping = keeping;
    this.weights = weights;
    this.epsilon = epsilon;
    this.dtype = dtype;
  }

  /** {@code [out, in, k, k]}; it belongs to the caller's scope. */
  Tensor of(Conv conv) {
    return GradMode.is_enabled() || !keeping ? compute(conv) : kept(conv);
  }

  private synchronized Tensor kept(Conv conv) {
    Parameters p = weights.at(conv.name());
    long version = p.get("weight")._version() + p.get("gain")._version();
    Kept old = kept.get(conv.name());
    if (old == null || old.version() != version) {
      try (Scope scope = Scope.open()) {
        Tensor weight = compute(conv).contiguous(torch.MemoryFormat.ChannelsLast);
        kept.put(conv.name(), new Kept(Scope.release(weight), version));
      }
      if (old != null) {
        old.weight().close();
      }
    }
    // Another handle: that of this map may be closed by another thread.
    return kept.get(conv.name()).weight().alias();
  }

  private Tensor compute(Conv conv) {
    Parameters p = weights.at(conv.name());
    Tensor weight = p.get("weight");
    Tensor scale = p.get("gain").flatten().mul(new Scalar(RELU / Math.sqrt(conv.fanIn())));
    // A batch norm in training, whose channels are the outputs and whose places are the weights.
    Tensor standardized =
        torch.batch_norm(
            weight.view(1, conv.out(), -1),
            Tensors.optional(scale),
            Tensors.optional(null),
            Tensors.optional(null),
            Tensors.optional(null),
            true,
            0,
            epsilon,
            false);
    return Tensors.to(standardized.view_as(weight), dtype);
  }

  @Override
  public synchronized void close() {
    kept.values().forEach(one -> one.weight().close());
    kept.clear();
  }
}
