package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Appends to a {@link FeatureCache}, alone over all processes until closed. A record is written
 * before its index entry; both are forced to disk every so often and at the end, so that a killed
 * process loses nothing whole and a power cut at most the last records. Safe for use by several
 * threads.
 */
public final class FeatureWriter implements AutoCloseable {

  private static final long FORCE_EVERY_BYTES = 256L << 20;

  private final FeatureCache cache;
  private final FeatureShape shape;
  private final WriterLock lock;
  private final RandomAccessFile data;
  private final RandomAccessFile index;
  private final int headerBytes;
  private final byte[] buffer;
  private long unforced;
  private boolean closed;

  private FeatureWriter(
      FeatureCache cache,
      WriterLock lock,
      RandomAccessFile data,
      RandomAccessFile index,
      int headerBytes) {
    this.cache = cache;
    this.shape = cache.shape();
    this.lock = lock;
    this.data = data;
    this.index = index;
    this.headerBytes = headerBytes;
    this.buffer = new byte[shape.recordBytes()];
  }

  @SuppressWarnings("MustBeClosedChecker") // the files belong to the writer that is returned
  static FeatureWriter open(FeatureCache cache, long waitMillis) {
    WriterLock lock = null;
    RandomAccessFile data = null;
    RandomAccessFile index = null;
    try {
      Files.createDirectories(cache.dataFile().toAbsolutePath().getParent());
      lock = WriterLock.acquire(cache.dataFile(), waitMillis);
      data = openForWriting(cache.dataFile());
      if (!Files.exists(cache.indexFile())) {
        FeatureIndex.create(cache.indexFile(), cache.shape());
      }
      index = openForWriting(cache.indexFile());
      int headerBytes = begin(cache, data, index);
      return new FeatureWriter(cache, lock, data, index, headerBytes);
    } catch (IOException e) {
      closeAll(lock, data, index);
      throw new UncheckedIOException(
          "can not write " + cache.dataFile() + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      closeAll(lock, data, index);
      throw e;
    }
  }

  private static RandomAccessFile openForWriting(Path file) throws IOException {
    return new RandomAccessFile(file.toFile(), "rw");
  }

  /** Cuts off what a crash left torn. */
  private static int begin(FeatureCache cache, RandomAccessFile data, RandomAccessFile index)
      throws IOException {
    cache.refresh();
    int bytes = FeatureIndex.readHeader(index, cache.indexFile()).bytes();
    index.setLength(bytes + cache.size() * FeatureIndex.ENTRY_BYTES);
    data.setLength(cache.bytesOf(cache.size()));
    return bytes;
  }

  private static void closeAll(AutoCloseable... parts) {
    for (AutoCloseable part : parts) {
      try {
        if (part != null) {
          part.close();
        }
      } catch (Exception e) {
        throw new IllegalStateException("closing a feature cache failed", e);
      }
    }
  }

  /**
   * Checks that a number of further records keeps the bound and finds room on the disk.
   *
   * @throws InputException if not, before anything is computed
   */
  public void requireRoom(long more) {
    long needed = cache.bytesOf(cache.size() + more);
    if (needed > cache.maxBytes()) {
      throw new InputException(
          cache.dataFile()
              + " would take "
              + megabytes(needed)
              + " MB with "
              + more
              + " more images, more than its bound of "
              + megabytes(cache.maxBytes())
              + " MB; raise the bound, store 16-bit features, or use fewer images");
    }
    try {
      long free = Files.getFileStore(cache.dataFile()).getUsableSpace();
      if (cache.bytesOf(more) > free) {
        throw new InputException(
            cache.dataFile()
                + " needs "
                + megabytes(cache.bytesOf(more))
                + " MB more, but the disk has "
                + megabytes(free)
                + " MB free; make room or choose another cache folder");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long megabytes(long bytes) {
    return (bytes + 999_999) / 1_000_000;
  }

  /**
   * Appends features of images; those that are there already are passed over.
   *
   * @param keys B keys
   * @param features {@code [B, N, Di]}, in any floating format, rounded to the stored one
   * @throws IllegalArgumentException if the shape is another
   * @throws InputException if the bound is reached, or a value is not finite in the stored format
   */
  public synchronized void put(List<FeatureKey> keys, Tensor features) {
    if (closed) {
      throw new IllegalStateException("this writer is closed");
    }
    long[] expected = {keys.size(), shape.tokens(), shape.width()};
    if (!Arrays.equals(Tensors.shape(features), expected)) {
      throw new IllegalArgumentException(
          "features must be "
              + Arrays.toString(expected)
              + " but are "
              + Tensors.describe(features));
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor rows = FeatureRecords.stored(features, shape.dtype());
      if (Tensors.value(torch.isfinite(rows).all()) == 0) {
        throw new InputException(
            "features by "
                + shape.encoder()
                + " are not all finite as "
                + shape.dtype()
                + "; store them as BF16 or F32, or check the encoder");
      }
      for (int i = 0; i < keys.size(); i++) {
        if (!cache.contains(keys.get(i))) {
          append(keys.get(i), Tensors.bytes(rows.select(0, i)));
        }
      }
      if (unforced >= FORCE_EVERY_BYTES) {
        force();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can not write " + cache.dataFile() + ": " + e.getMessage(), e);
    }
  }

  private void append(FeatureKey key, ByteBuffer record) throws IOException {
    long id = cache.size();
    requireBound(id);
    record.get(buffer);
    int checksum = FeatureIndex.checksum(buffer);
    data.seek(cache.bytesOf(id));
    data.write(buffer);
    index.seek(headerBytes + id * FeatureIndex.ENTRY_BYTES);
    index.write(FeatureIndex.entry(key, checksum, id));
    cache.add(key, checksum);
    unforced += shape.recordBytes();
  }

  private void requireBound(long id) {
    if (cache.bytesOf(id + 1) > cache.maxBytes()) {
      throw new InputException(
          cache.dataFile()
              + " has reached its bound of "
              + megabytes(cache.maxBytes())
              + " MB; raise the bound, store 16-bit features, or use fewer images");
    }
  }

  private void force() throws IOException {
    data.getFD().sync();
    index.getFD().sync();
    FeatureIndex.writeDurable(index, cache.size());
    unforced = 0;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      force();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can not write " + cache.dataFile() + ": " + e.getMessage(), e);
    } finally {
      closeAll(data, index, lock);
    }
  }
}
