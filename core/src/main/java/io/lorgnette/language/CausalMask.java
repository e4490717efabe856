package io.lorgnette.language;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Which of the tokens so far a new token may look at, when order alone does not say it: padding on
 * the left, a cache before several new tokens, a sliding window.
 */
final class CausalMask {

  private CausalMask() {}

  /**
   * Masks for every layer; layers with the same window share one.
   *
   * @param real {@code [B, S]} or null when all are
   * @param past S - T
   * @param windows of the layers, 0 for none
   * @return {@code [B or 1, 1, T, S]}, or null where the order of the tokens says it all
   */
  static Tensor[] of(Tensor real, long t, long past, List<Integer> windows, Device device) {
    boolean masked = real != null || (past > 0 && t > 1);
    return byLayer(
        windows,
        past + t,
        window -> masked || window > 0 ? of(real, t, past, window, device) : null);
  }

  /**
   * A mask of the caller's, narrowed to the layers' windows.
   *
   * @param allowed {@code [B, 1, T, T]}
   * @param positions {@code [B, T]}
   * @return for every layer {@code [B, 1, T, T]}
   */
  static Tensor[] within(Tensor allowed, Tensor positions, List<Integer> windows) {
    long t = positions.size(1);
    Tensor query = positions.view(-1, 1, t, 1);
    Tensor key = positions.view(-1, 1, 1, t);
    return byLayer(
        windows,
        t,
        window ->
            window == 0
                ? allowed
                : allowed.logical_and(key.gt(query.sub(new Scalar((long) window)))));
  }

  /** Windows that hold all tokens count as none. */
  private static Tensor[] byLayer(List<Integer> windows, long tokens, IntFunction<Tensor> mask) {
    Map<Integer, Tensor> made = new HashMap<>();
    Tensor[] masks = new Tensor[windows.size()];
    for (int i = 0; i < masks.length; i++) {
      int window = windows.get(i) >= tokens ? 0 : windows.get(i);
      if (!made.containsKey(window)) {
        made.put(window, mask.apply(window));
      }
      masks[i] = made.get(window);
    }
    return masks;
  }

  /**
   * Example: two cached tokens of which the first is padding, two new ones, gives for the new ones
   * {@code [0 1 1 0]} and {@code [0 1 1 1]}.
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
