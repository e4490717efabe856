package io.lorgnette.bulk;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.method.Utterance;
import java.util.List;

/**
 * A model that captions in two halves, which work on two threads at a time: one sees the next
 * photos while the other speaks about those before.
 */
public interface Captioner {

  /** Makes of a photo the pixels that are seen; safe for several threads. */
  ImageProcessor processor();

  /** Called once by the thread that sees, before anything else. */
  default void begin() {}

  /**
   * Sees photos.
   *
   * @param pixels {@code [count, 3, S, S]}, S the processor's size
   */
  Seen see(float[] pixels, int count);

  /** What was seen in some photos; holds native memory until it is closed. */
  interface Seen extends AutoCloseable {

    /** One caption for each photo. */
    List<Utterance> say();

    @Override
    void close();
  }
}
