package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Utterance;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Captions any number of photos in their order: a thread lists them, some decode them, one sees
 * them in batches, and the caller's speaks about them. What is between two of them is a bounded
 * queue, so memory does not grow with the number of photos; a photo that can not be read is told
 * and passed over.
 */
public final class BulkCaptions {

  private static final int POLL_MILLIS = 100;

  /** What happens, told on the caller's thread in the order of the photos. */
  public interface Listener {

    /** A photo has its caption. */
    void captioned(CaptionLine line);

    /** A photo has none, for a reason in one sentence. */
    void failed(String image, String reason);
  }

  /**
   * What a reader made of a photo.
   *
   * @param pixels {@code [3, S, S]}, or null where it failed
   */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Decoded(String name, int width, int height, float[] pixels, String reason) {}

  /**
   * Photos that were seen together, and those among them that failed, in their order.
   *
   * @param seen or null where none could be read
   * @param failure of a thread, to be thrown, or null
   * @param last whether this is not a batch but the end
   */
  private record Batch(
      List<Decoded> photos, Captioner.Seen seen, Throwable failure, boolean last) {}

  private final Captioner captioner;
  private final int batchSize;
  private final int readers;
  private final StageTimes times;

  /**
   * A machine with so many threads that decode as the computer has processors but one.
   *
   * @param batchSize photos that are seen and spoken about together
   */
  public BulkCaptions(Captioner captioner, int batchSize) {
    this(captioner, batchSize, Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
  }

  BulkCaptions(Captioner captioner, int batchSize, int readers) {
    this.captioner = captioner;
    this.batchSize = batchSize;
    this.readers = readers;
    this.times = new StageTimes(readers);
  }

  /** How long each stage was at work, of all runs until now. */
  public StageTimes times() {
    return times;
  }

  /** Photos that are on their way at a time, at most. */
  public int most() {
    return 4 * batchSize + 2 * readers;
  }

  /**
   * Captions photos until there are no more.
   *
   * @param photos read on another thread, one after the other; null where there is none for now, so
   *     that what waits is to be captioned
   * @param stop asked between batches, and while there is nothing to do
   * @return whether it came to the end, and was not stopped before
   * @throws RuntimeException what the listener or the captioner throws
   */
  public boolean run(Iterator<BulkPhoto> photos, Listener listener, BooleanSupplier stop) {
    try (Line line = new Line(photos)) {
      while (true) {
        if (stop.getAsBoolean()) {
          return false;
        }
        Batch batch = line.batches.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (batch == null) {
          continue;
        }
        if (batch.last()) {
          return true;
        }
        tell(batch, listener);
        line.room.release(batch.photos().size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void tell(Batch batch, Listener listener) {
    if (batch.failure() instanceof Error error) {
      throw error;
    } else if (batch.failure() != null) {
      throw (RuntimeException) batch.failure();
    }
    List<Utterance> said = List.of();
    if (batch.seen() != null) {
      try (Captioner.Seen seen = batch.seen()) {
        said = times.speaking(seen::say);
      }
    }
    Iterator<Utterance> next = said.iterator();
    times.writing(() -> write(batch, next, listener));
  }

  private static void write(Batch batch, Iterator<Utterance> next, Listener listener) {
    for (Decoded photo : batch.photos()) {
      if (photo.reason() != null) {
        listener.failed(photo.name(), photo.reason());
      } else {
        listener.captioned(
            CaptionLine.of(photo.name(), next.next(), photo.width(), photo.height()));
      }
    }
  }

  /** The threads of one run before the caller's, and what is between them. */
  private final class Line implements AutoCloseable {

    /** Permits for photos that are on their way. */
    private final Semaphore room = new Semaphore(most());

    /** In the order of the photos. */
    private final BlockingQueue<Slot> slots = new ArrayBlockingQueue<>(most() + 2);

    /** One batch is spoken about, one waits here, one is being seen. */
    private final BlockingQueue<Batch> batches = new ArrayBlockingQueue<>(1);

    private final ExecutorService decoding;
    private final Thread listing;
    private final Thread seeing;

    /** A place in the order: a photo, a pause, or the end. */
    private record Slot(Future<Decoded> photo, boolean end) {}

    Line(Iterator<BulkPhoto> photos) {
      decoding = Executors.newFixedThreadPool(readers, work -> thread("decode", work));
      listing = thread("list", () -> quietly(() -> list(photos)));
      seeing = thread("see", () -> quietly(this::see));
      listing.start();
      seeing.start();
    }

    private Thread thread(String name, Runnable work) {
      Thread thread = new Thread(work, "lorgnette-" + name);
      thread.setDaemon(true);
      return thread;
    }

    /** Work that may wait. */
    private interface Waiting {
      void run() throws InterruptedException;
    }

    /** An interrupt is how a thread is told to end. Any failure is the caller's to throw. */
    private void quietly(Waiting work) {
      try {
        work.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException | Error e) {
        try {
          batches.put(new Batch(List.of(), null, e, false));
        } catch (InterruptedException stopped) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private void list(Iterator<BulkPhoto> photos) throws InterruptedException {
      boolean paused = true;
      while (photos.hasNext()) {
        BulkPhoto photo = photos.next();
        if (photo != null) {
          room.acquire();
          slots.put(new Slot(decoding.submit(() -> times.reading(() -> decode(photo))), false));
        } else if (!paused) {
          slots.put(new Slot(null, false));
        }
        paused = photo == null;
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
      }
      slots.put(new Slot(null, true));
    }

    private void see() throws InterruptedException {
      captioner.begin();
      List<Decoded> waiting = new ArrayList<>();
      int readable = 0;
      for (boolean end = false; !end; ) {
        Slot slot = slots.take();
        end = slot.end();
        if (slot.photo() != null) {
          Decoded photo = get(slot.photo());
          waiting.add(photo);
          readable += photo.reason() == null ? 1 : 0;
        }
        boolean full = readable == batchSize || waiting.size() == 2 * batchSize;
        if (!waiting.isEmpty() && (full || slot.photo() == null)) {
          put(new Batch(waiting, readable == 0 ? null : seen(waiting, readable), null, false));
          waiting = new ArrayList<>();
          readable = 0;
        }
      }
      batches.put(new Batch(List.of(), null, null, true));
    }

    /** Hands a batch on, or frees it where nobody will take it. */
    private void put(Batch batch) throws InterruptedException {
      try {
        batches.put(batch);
      } catch (InterruptedException e) {
        free(batch);
        throw e;
      }
    }

    private Captioner.Seen seen(List<Decoded> photos, int count) {
      int size = captioner.processor().size();
      int each = 3 * size * size;
      float[] pixels = new float[Math.multiplyExact(count, each)]; // [B, 3, S, S]
      int at = 0;
      for (int i = 0; i < photos.size(); i++) {
        Decoded photo = photos.get(i);
        if (photo.reason() == null) {
          System.arraycopy(photo.pixels(), 0, pixels, at, each);
          at += each;
          photos.set(i, new Decoded(photo.name(), photo.width(), photo.height(), null, null));
        }
      }
      return times.seeing(() -> captioner.see(pixels, count));
    }

    /** Ends the threads and waits for them: what they compute with may be closed after this. */
    @Override
    public void close() {
      listing.interrupt();
      seeing.interrupt();
      decoding.shutdownNow();
      boolean interrupted = false;
      while (listing.isAlive() || seeing.isAlive() || !batches.isEmpty()) {
        try {
          Batch left = batches.poll(1, TimeUnit.MILLISECONDS);
          if (left != null) {
            free(left);
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private static void free(Batch batch) {
      if (batch.seen() != null) {
        batch.seen().close();
      }
    }
  }

  private static Decoded get(Future<Decoded> photo) throws InterruptedException {
    try {
      return photo.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("decoding a photo failed", e.getCause());
    }
  }

  private Decoded decode(BulkPhoto photo) {
    try {
      RgbImage image = photo.image().get();
      ImageProcessor processor = captioner.processor();
      return new Decoded(
          photo.name(), image.width(), image.height(), processor.process(image), null);
    } catch (InputException e) {
      return failed(photo, e.getMessage());
    } catch (OutOfMemoryError e) {
      return failed(
          photo,
          photo.name()
              + " needs more memory than there is; shrink it, or give more with"
              + " LORGNETTE_JAVA_OPTS=-Xmx8g");
    } catch (RuntimeException e) {
      return failed(photo, photo.name() + " can not be decoded: a defect of Lorgnette: " + e);
    }
  }

  private static Decoded failed(BulkPhoto photo, String reason) {
    return new Decoded(photo.name(), 0, 0, null, reason);
  }
}
