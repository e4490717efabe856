package io.lorgnette.train;

import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The exponential moving average of trained weights (Polyak and Juditsky 1992; as Tarvainen and
 * Valpola 2017 use it), which scores better than the weights of any one step. Belongs to one
 * thread.
 */
final class WeightAverage implements AutoCloseable {

  /** Steps before which the average is that of all so far, about. */
  private static final double EARLY = 10;

  private final double kept;
  private final Map<String, Tensor> trained;
  private final Map<String, Tensor> means = new LinkedHashMap<>();

  /**
   * An average that starts as the weights are now.
   *
   * @param kept share of the average that stays at a step; less in the first steps, {@code (1 + n)
   *     / (10 + n)} at most, so that it forgets what the weights started with. With 0 there is no
   *     average, and the weights stand in its place
   */
  WeightAverage(Map<String, Tensor> trained, double kept) {
    this.kept = kept;
    this.trained = trained;
    if (kept > 0) {
      try (Scope scope = Scope.open()) {
        trained.forEach((name, leaf) -> means.put(name, Scope.release(leaf.detach().clone())));
      }
    }
  }

  /**
   * Takes in the weights as they are after a step.
   *
   * @param step optimizer steps taken, at least 1
   */
  void add(long step) {
    double share = Math.min(kept, (1.0 + step) / (EARLY + step));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      means.forEach((name, mean) -> mean.lerp_(trained.get(name), new Scalar(1 - share)));
    }
  }

  /** Does something while the leaves hold the average; afterwards they hold what they held. */
  <T> T during(Supplier<T> work) {
    if (means.isEmpty()) {
      return work.get();
    }
    Map<String, Tensor> last = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      trained.forEach((name, leaf) -> last.put(name, leaf.detach().clone()));
      copy(means);
      try {
        return work.get();
      } finally {
        copy(last);
      }
    }
  }

  private void copy(Map<String, Tensor> values) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      trained.forEach((name, leaf) -> leaf.copy_(values.get(name)));
    }
  }

  /** The average, to be written and read in place; empty where there is none. */
  Map<String, Tensor> state() {
    return means;
  }

  @Override
  public void close() {
    means.values().forEach(Tensor::close);
  }
}
