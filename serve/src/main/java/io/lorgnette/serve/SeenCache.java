package io.lorgnette.serve;

import io.lorgnette.feature.FeatureKey;
import io.lorgnette.tensor.Scope;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What a method has made of images, by the bytes of their files. The ones used longest ago are
 * dropped when there are too many bytes of them. Owns native memory; safe for use by several
 * threads.
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

  /** {@code [P, D]}, the caller's to close, also when it is dropped here; null if not known. */
  synchronized Tensor get(FeatureKey key) {
    Tensor row = seen.get(key);
    return row == null ? null : Scope.release(new Tensor(row));
  }

  /**
   * Keeps what was seen; the memory is shared with the caller's tensor, which stays its own.
   *
   * @param row {@code [P, D]}, no part of a larger one
   */
  synchronized void put(FeatureKey key, Tensor row) {
    if (row.nbytes() > capacity || seen.containsKey(key)) {
      return;
    }
    Tensor own = Scope.release(new Tensor(row));
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
