package io.lorgnette.feature;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.pytorch.Tensor;

/**
 * The file of records, memory-mapped: record {@code i} lies at {@code i * recordBytes}. Mapped anew
 * when it has grown. Safe for use by several threads.
 */
final class FeatureRecords implements AutoCloseable {

  private final Path file;
  private final FeatureShape shape;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final BitSet verified = new BitSet();
  private Tensor rows; // [mapped, N * Di], in the stored format
  private volatile long mapped; // written under the lock
  private boolean closed;

  FeatureRecords(Path file, FeatureShape shape) {
    this.file = file;
    this.shape = shape;
  }

  /**
   * Copies records.
   *
   * @param ids which, {@code [B]}
   * @param count records that the file has
   * @param checksums of all of them
   * @return {@code [B, N, Di]}, of the current scope
   */
  Tensor gather(long[] ids, long count, int[] checksums) {
    if (mapped < count) {
      map(count);
    }
    lock.readLock().lock();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      if (rows == null) {
        throw new IllegalStateException("the feature cache " + file + " is closed");
      }
      for (long id : ids) {
        verify((int) id, checksums[(int) id]);
      }
      Tensor index = Tensors.ofLongs(ids, ids.length);
      return scope.keep(
          rows.index_select(0, index).view(ids.length, shape.tokens(), shape.width()));
    } finally {
      lock.readLock().unlock();
    }
  }

  private void map(long count) {
    lock.writeLock().lock();
    try (Scope scope = Scope.open()) {
      if (closed) {
        throw new IllegalStateException("the feature cache " + file + " is closed");
      }
      if (mapped >= count) {
        return;
      }
      closeMap();
      Tensor bytes = Tensors.mapFile(file.toString(), count * shape.recordBytes());
      long values = (long) shape.tokens() * shape.width();
      rows = Scope.release(bytes.view(shape.dtype().scalarType()).view(count, values));
      mapped = count;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Checks a record when it is first read. */
  private void verify(int id, int checksum) {
    synchronized (verified) {
      if (verified.get(id)) {
        return;
      }
    }
    try (Scope scope = Scope.open()) {
      Tensor row = rows.select(0, id);
      if (FeatureIndex.checksum(Tensors.bytes(row)) != checksum) {
        throw FeatureIndex.damaged(file, "has a damaged record " + id);
      }
    }
    synchronized (verified) {
      verified.set(id);
    }
  }

  /** The rows of a batch as bytes in the stored format, contiguous, of the current scope. */
  static Tensor stored(Tensor features, Dtype dtype) {
    return Tensors.to(features.detach(), dtype, Device.CPU).contiguous();
  }

  private void closeMap() {
    if (rows != null) {
      rows.close();
      rows = null;
      mapped = 0;
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      closeMap();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
