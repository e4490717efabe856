package io.lorgnette.serve;

import io.lorgnette.feature.FeatureKey;
import io.lorgnette.tensor.Scope;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a method has made of images, by the bytes of their files. The ones used longest ago are
 * dropped when there are too many bytes of them. Owns native memory; one thread changes it, others
 * may ask {@link #has}.
 */
final class SeenCache implements AutoCloseable {

  private final long capacity;
  private final Map<FeatureKey, Tensor> seen = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * @param capacity bytes at most
   */
  SeenCache(long capacity) {
    this.capacity = capacity;
  }

  /** Whether an image is known now; it may be dropped at any time. */
  synchronized boolean has(FeatureKey key) {
    return seen.containsKey(key);
  }

  synchronized long bytes() {
    return bytes;
  }

  /** {@code [P, D]}, borrowed until the next {@link #put}; null if it is not known. */
  synchronized Tensor get(FeatureKey key) {
    return seen.get(key);
  }

  /**
   * Keeps a copy.
   *
   * @param row {@code [P, D]}
   */
  synchronized void put(FeatureKey key, Tensor row) {
    if (row.nbytes() > capacity || seen.containsKey(key)) {
      return;
    }
    Tensor own = Scope.release(row.clone());
    seen.put(key, own);
    bytes += own.nbytes();
    for (Iterator<Tensor> oldest = seen.values().iterator(); bytes > capacity; ) {
      Tensor dropped = oldest.next();
      oldest.remove();
      bytes -= dropped.nbytes();
      dropped.close();
    }
  }

  @Override
  public synchronized void close() {
    seen.values().forEach(Tensor::close);
    seen.clear();
    bytes = 0;
  }
}
