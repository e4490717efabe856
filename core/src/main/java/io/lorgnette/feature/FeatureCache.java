package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Features of images on disk, made by one encoder after one processor, found by the content of the
 * image.
 *
 * <p>Records have a fixed size and are only ever appended; the file is read memory-mapped. An index
 * beside it has a checksum of each record: a record that a crash tore is dropped when the cache is
 * next opened, a damaged one is an error when it is first read. Any number of processes may read;
 * one at a time may {@linkplain #writer write}. Safe for use by several threads.
 */
public final class FeatureCache implements AutoCloseable {

  /** The bound on a cache's size that holds unless another is given: 64 GiB. */
  public static final long DEFAULT_MAX_BYTES = 64L << 30;

  private final FeatureShape shape;
  private final Path dataFile;
  private final Path indexFile;
  private final long maxBytes;
  private final FeatureRecords records;
  private final Map<FeatureKey, Integer> ids = new HashMap<>();
  private int[] checksums = new int[64];
  private int count;

  private FeatureCache(Path dir, FeatureShape shape, long maxBytes) {
    this.shape = shape;
    this.maxBytes = maxBytes;
    this.dataFile = dir.resolve(shape.fileName() + ".features");
    this.indexFile = dir.resolve(shape.fileName() + ".index");
    this.records = new FeatureRecords(dataFile, shape);
  }

  /**
   * Opens the cache of an encoder with a processor; an empty one if there is none yet.
   *
   * @param dir the folder of caches; made when something is first written
   * @param encoderIdentity of the encoder, with the number format it computes in
   * @param processorIdentity of everything done to an image before the encoder
   * @param tokens N
   * @param width Di
   * @param dtype stored format: F32, F16 or BF16
   * @param maxBytes bound on the size of the records
   * @throws InputException if the files there are damaged or hold records of another size
   */
  public static FeatureCache open(
      Path dir,
      String encoderIdentity,
      String processorIdentity,
      int tokens,
      int width,
      Dtype dtype,
      long maxBytes) {
    FeatureShape shape = new FeatureShape(encoderIdentity, processorIdentity, tokens, width, dtype);
    return open(dir, shape, maxBytes);
  }

  static FeatureCache open(Path dir, FeatureShape shape, long maxBytes) {
    FeatureCache cache = new FeatureCache(dir, shape, maxBytes);
    cache.refresh();
    return cache;
  }

  /** As {@link #open(Path, String, String, int, int, Dtype, long)} with the usual bound. */
  public static FeatureCache open(
      Path dir,
      String encoderIdentity,
      String processorIdentity,
      int tokens,
      int width,
      Dtype dtype) {
    return open(dir, encoderIdentity, processorIdentity, tokens, width, dtype, DEFAULT_MAX_BYTES);
  }

  /**
   * Begins writing. One writer at a time, over all processes.
   *
   * @param waitMillis how long to wait for another writer to end
   * @throws InputException if another process is still writing then
   */
  public FeatureWriter writer(long waitMillis) {
    return FeatureWriter.open(this, waitMillis);
  }

  /** Whether the features of a view of an image are there. */
  public synchronized boolean contains(FeatureKey key) {
    return ids.containsKey(key);
  }

  /** Number of records, as far as this process has seen. */
  public synchronized long size() {
    return count;
  }

  /** Bytes that a number of records takes. */
  public long bytesOf(long recordCount) {
    return Math.multiplyExact(recordCount, (long) shape.recordBytes());
  }

  /**
   * Reads a batch; what other processes have written meanwhile is found too.
   *
   * @param keys B keys, repeats allowed
   * @return {@code [B, N, Di]} in the stored format, on the CPU, a copy of the current scope
   * @throws IllegalArgumentException if one is not there
   * @throws InputException if a record is damaged
   */
  public Tensor get(List<FeatureKey> keys) {
    long[] wanted = new long[keys.size()];
    long known;
    int[] sums;
    synchronized (this) {
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = idOf(keys.get(i));
      }
      known = count;
      sums = checksums;
    }
    return records.gather(wanted, known, sums);
  }

  private long idOf(FeatureKey key) {
    Integer id = ids.get(key);
    if (id == null) {
      refresh();
      id = ids.get(key);
    }
    if (id == null) {
      throw new IllegalArgumentException(dataFile + " has no features of image " + key);
    }
    return id;
  }

  /** Reads what the index has beyond what is known. Entries that are not whole end it. */
  synchronized void refresh() {
    try (RandomAccessFile index = openIfThere(indexFile);
        RandomAccessFile data = openIfThere(dataFile)) {
      if (index == null || data == null) {
        return;
      }
      FeatureIndex.Header header = FeatureIndex.readHeader(index, indexFile);
      check(header.shape());
      long whole =
          Math.min(
              (index.length() - header.bytes()) / FeatureIndex.ENTRY_BYTES,
              data.length() / shape.recordBytes());
      if (whole <= count) {
        return;
      }
      int more = Math.toIntExact(whole - count);
      byte[] bytes = new byte[Math.multiplyExact(more, FeatureIndex.ENTRY_BYTES)];
      long at = header.bytes() + (long) count * FeatureIndex.ENTRY_BYTES;
      if (!FeatureIndex.readFully(index, bytes, at)) {
        return; // a writer is just cutting off a torn end
      }
      ByteBuffer entries = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      byte[] record = new byte[shape.recordBytes()];
      while (entries.hasRemaining()) {
        FeatureIndex.Entry entry = FeatureIndex.get(entries, count);
        if (entry == null || (count >= header.durable() && !isWhole(data, entry, record))) {
          return;
        }
        add(entry.key(), entry.checksum());
      }
    } catch (IOException e) {
      throw new InputException(indexFile + " can not be read: " + e.getMessage(), e);
    }
  }

  private boolean isWhole(RandomAccessFile data, FeatureIndex.Entry entry, byte[] record)
      throws IOException {
    return FeatureIndex.readFully(data, record, (long) count * shape.recordBytes())
        && FeatureIndex.checksum(record) == entry.checksum();
  }

  private static RandomAccessFile openIfThere(Path file) throws IOException {
    return Files.exists(file) ? new RandomAccessFile(file.toFile(), "r") : null;
  }

  private void check(FeatureShape found) {
    if (found.equals(shape)) {
      return;
    }
    throw new InputException(
        indexFile
            + " holds features of ["
            + found.tokens()
            + ", "
            + found.width()
            + "] by "
            + found.encoder()
            + ", but the encoder in use gives ["
            + shape.tokens()
            + ", "
            + shape.width()
            + "] by "
            + shape.encoder()
            + "; choose another cache folder or delete the file");
  }

  /** Notes a record that is in the file. */
  synchronized void add(FeatureKey key, int checksum) {
    if (count == checksums.length) {
      checksums = Arrays.copyOf(checksums, 2 * count);
    }
    checksums[count] = checksum;
    ids.put(key, count++);
  }

  FeatureShape shape() {
    return shape;
  }

  Path dataFile() {
    return dataFile;
  }

  Path indexFile() {
    return indexFile;
  }

  long maxBytes() {
    return maxBytes;
  }

  @Override
  public void close() {
    records.close();
  }
}
