package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.VisionEncoder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fills a {@link FeatureCache}: images are read, decoded and processed on Java threads while the
 * encoder works on the batch before. What the cache has is not computed again; an image that can
 * not be read is told to the listener and passed over. Never holds more than a batch and a few
 * images.
 */
public final class FeatureExtractor {

  /** Small batches and many are fastest on a CPU. */
  public static final int DEFAULT_BATCH = 16;

  private final VisionEncoder encoder;
  private final FeatureCache cache;
  private final ImageReader.Options reading;
  private final int batchSize;
  private final int threads;

  /**
   * An extractor with the usual batch and one thread less than the machine has processors.
   *
   * @param cache of this encoder and these options, see {@link #openCache}
   */
  public FeatureExtractor(VisionEncoder encoder, FeatureCache cache, ImageReader.Options reading) {
    this(
        encoder,
        cache,
        reading,
        DEFAULT_BATCH,
        Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
  }

  /**
   * An extractor.
   *
   * @param batchSize B, images that the encoder gets at once
   * @param threads that read and decode
   * @throws IllegalArgumentException if the cache is of another encoder or other options
   */
  public FeatureExtractor(
      VisionEncoder encoder,
      FeatureCache cache,
      ImageReader.Options reading,
      int batchSize,
      int threads) {
    if (batchSize < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "batch size and threads must be at least 1 but are " + batchSize + " and " + threads);
    }
    if (!cache.shape().equals(shape(encoder, reading, cache.shape().dtype()))) {
      throw new IllegalArgumentException(
          "the cache is of another encoder or another way of reading: " + cache.shape());
    }
    this.encoder = encoder;
    this.cache = cache;
    this.reading = reading;
    this.batchSize = batchSize;
    this.threads = threads;
  }

  /**
   * Opens the cache for an encoder: its identity there covers weights, output and the format the
   * encoder computes in, and all that is done to an image before.
   *
   * @param dir the folder of caches, {@link CacheFolder#features} perhaps
   * @param stored format of the records: F32, F16 or BF16
   * @param maxBytes bound on the size of the records
   * @throws InputException if the files there are damaged
   */
  public static FeatureCache openCache(
      Path dir, VisionEncoder encoder, ImageReader.Options reading, Dtype stored, long maxBytes) {
    return FeatureCache.open(dir, shape(encoder, reading, stored), maxBytes);
  }

  private static FeatureShape shape(
      VisionEncoder encoder, ImageReader.Options reading, Dtype stored) {
    FeatureIdentity identity = FeatureIdentity.of(encoder, reading);
    return new FeatureShape(
        identity.encoder(), identity.processor(), encoder.tokens(), encoder.width(), stored);
  }

  /**
   * What a worker made of an image: pixels {@code [3, S, S]}, or null if its features are there.
   */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Prepared(FeatureKey key, float[] pixels) {}

  /** An image on its way. */
  private record Ahead(String name, Future<Prepared> result) {}

  /**
   * Brings the features of images into the cache. Waits for another process that is writing it.
   *
   * @param photos read one after the other, on this thread
   * @param waitMillis how long to wait for another process that writes this cache
   * @throws InputException if that still writes then, or the cache's bound or the disk is full;
   *     what was done until then stays
   * @throws CancellationException if this thread is interrupted; what was done stays
   */
  public ExtractionCounts extract(
      Iterator<Photo> photos, long waitMillis, ExtractionListener listener) {
    ExecutorService workers = Executors.newFixedThreadPool(threads, FeatureExtractor::worker);
    try (FeatureWriter writer = cache.writer(waitMillis)) {
      ExtractionBatch batch = new ExtractionBatch(encoder, cache, writer, listener, batchSize);
      Queue<Ahead> ahead = new ArrayDeque<>();
      while (photos.hasNext() || !ahead.isEmpty()) {
        while (photos.hasNext() && ahead.size() < batchSize + 2 * threads) {
          Photo photo = photos.next();
          ahead.add(new Ahead(photo.name(), workers.submit(() -> prepare(photo))));
        }
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted();
        }
        take(ahead.remove(), batch);
      }
      batch.flush();
      return batch.counts();
    } finally {
      workers.shutdownNow();
    }
  }

  private static Thread worker(Runnable work) {
    Thread thread = new Thread(work, "lorgnette-decode");
    thread.setDaemon(true);
    return thread;
  }

  private Prepared prepare(Photo photo) {
    byte[] bytes = photo.bytes().get();
    FeatureKey key = FeatureKey.of(bytes, photo.view().number());
    if (cache.contains(key)) {
      return new Prepared(key, null);
    }
    ImageProcessor processor = encoder.processor();
    RgbImage image = ImageReader.read(bytes, photo.name(), reading);
    return new Prepared(key, processor.process(photo.view().apply(image, processor.size())));
  }

  private static void take(Ahead image, ExtractionBatch batch) {
    try {
      Prepared prepared = image.result().get();
      batch.add(image.name(), prepared.key(), prepared.pixels());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InputException why) {
        batch.broken(image.name(), why);
      } else {
        throw new IllegalStateException("preparing " + image.name() + " failed", e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    }
  }

  private static CancellationException interrupted() {
    return new CancellationException("the extraction of features was interrupted");
  }
}
