package io.lorgnette.serve;

import io.lorgnette.feature.FeatureKey;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a method makes of the pictures of a question. Owns native memory; belongs to one thread at a
 * time.
 *
 * @param rows {@code [P, D]} of each file
 */
record Seen(Map<FeatureKey, Tensor> rows) implements AutoCloseable {

  /** Of a question without pictures. */
  static final Seen NOTHING = new Seen(Map.of());

  /** {@code [P, D]}, borrowed. */
  Tensor of(Picture picture) {
    return rows.get(picture.key());
  }

  @Override
  public void close() {
    rows.values().forEach(Tensor::close);
  }
}
