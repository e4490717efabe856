package io.lorgnette.language;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Which of the tokens so far a new token may look at, when order alone does not say it: padding on
 * the left, a cache before several new tokens, a sliding window.
 */
final class CausalMask {

  private CausalMask() {}

  /**
   * Example: two cached tokens of which the first is padding, two new ones, gives for the new ones
   * {@code [0 1 1 0]} and {@code [0 1 1 1]}.
   *
   * @param real {@code [B, S]} or null
   * @param past S - T
   * @param window 0 for none
   * @return true where allowed, {@code [B or 1, 1, T, S]}
   */
  static Tensor of(Tensor real, long t, long past, int window, Device device) {
    Tensor query = Tensors.range(t, device).add(new Scalar(past)).view(t, 1);
    Tensor key = Tensors.range(past + t, device).view(1, past + t);
    Tensor allowed = key.le(query);
    if (window > 0) {
      allowed = allowed.logical_and(key.gt(query.sub(new Scalar(window))));
    }
    allowed = allowed.view(1, 1, t, past + t);
    if (real != null) {
      Tensor keys = Tensors.to(real, Dtype.BOOL).view(real.size(0), 1, 1, past + t);
      // A padding token sees itself: a row without any key would become NaN and spread.
      Tensor self = key.eq(query).view(1, 1, t, past + t);
      allowed = allowed.logical_and(keys).logical_or(self);
    }
    return allowed;
  }
}
