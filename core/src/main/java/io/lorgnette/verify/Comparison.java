package io.lorgnette.verify;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Collects rows: our tensors beside the recorded ones of the same name. */
final class Comparison {

  private final Recording recording;
  private final List<Row> rows = new ArrayList<>();

  Comparison(Recording recording) {
    this.recording = recording;
  }

  List<Row> rows() {
    return rows;
  }

  void add(Row row) {
    rows.add(row);
  }

  /**
   * Those stages that are recorded.
   *
   * @param suffix behind the recorded names
   * @param mask for those that have tokens, as in {@link #features(String, Tensor, Tensor)}
   */
  void stages(Map<String, Tensor> stages, String suffix, Tensor mask) {
    stages.forEach((name, x) -> features(name + suffix, x, x.dim() == 3 ? mask : null));
  }

  /** A stage, where it is recorded. */
  void features(String name, Tensor ours) {
    features(name, ours, null);
  }

  /**
   * As {@link #features(String, Tensor)}, but for what stands at padding, which means nothing.
   *
   * @param ours {@code [B, T, ...]}
   * @param mask {@code [B, T]}, 1 where a token is real; or null when all are
   */
  void features(String name, Tensor ours, Tensor mask) {
    numbers(name, ours, mask, Tolerances.FEATURES, 0);
  }

  /** Gaps between the two best logits of each position. */
  void margins(String name, Tensor logits, Tensor mask) {
    if (recording.has(name)) {
      Tensor best = logits.topk(2).get0(); // [B, T, 2]
      numbers(name, best.select(2, 0).sub(best.select(2, 1)), mask, Tolerances.MARGIN, 0);
    }
  }

  void loss(String name, Tensor ours) {
    numbers(name, ours, null, 0, Tolerances.LOSS);
  }

  void gradient(String name, Tensor ours) {
    numbers(name, ours, null, 0, Tolerances.GRADIENT);
  }

  /**
   * @param absolute tolerance
   * @param relative tolerance as a share of the largest recorded value
   */
  private void numbers(String name, Tensor ours, Tensor mask, double absolute, double relative) {
    if (!recording.has(name)) {
      return;
    }
    try (Scope scope = Scope.open()) {
      Tensor expected = recording.floats(name);
      if (!Arrays.equals(Tensors.shape(ours), Tensors.shape(expected))) {
        String shapes = Tensors.describe(ours) + " instead of " + Tensors.describe(expected);
        rows.add(Row.of(name, Double.POSITIVE_INFINITY, absolute, "shape " + shapes));
        return;
      }
      float[] a = Tensors.toFloats(real(ours, mask));
      float[] b = Tensors.toFloats(real(expected, mask));
      double largest = 0;
      for (float value : b) {
        largest = Math.max(largest, Math.abs((double) value));
      }
      rows.add(Row.of(name, largest(a, b), absolute + relative * largest, ""));
    }
  }

  private static Tensor real(Tensor x, Tensor mask) {
    if (mask == null) {
      return x;
    }
    long[] shape = Tensors.shape(x);
    long[] flat = new long[shape.length - 1];
    System.arraycopy(shape, 1, flat, 0, flat.length);
    flat[0] = shape[0] * shape[1];
    Tensor where = Tensors.to(mask, Dtype.BOOL).reshape(flat[0]);
    return x.reshape(flat).index_select(0, where.nonzero().view(-1));
  }

  /** Infinite where one is no number and the other not the same. */
  private static double largest(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      boolean both = Float.isFinite(a[i]) && Float.isFinite(b[i]);
      double difference =
          both ? Math.abs((double) a[i] - b[i]) : a[i] == b[i] ? 0 : Double.POSITIVE_INFINITY;
      largest = Math.max(largest, difference);
    }
    return largest;
  }
}
