package io.lorgnette.serve;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Brings the images of requests. Safe for use by several threads. */
final class Pictures {

  private static final String DATA = "data:";

  private final Limits limits;
  private final Fetcher fetcher;
  private final Metrics metrics;
  private final Semaphore decoders =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));

  Pictures(Limits limits, Fetcher fetcher, Metrics metrics) {
    this.limits = limits;
    this.fetcher = fetcher;
    this.metrics = metrics;
  }

  /**
   * The image of a URL: {@code data:image/...;base64,...}, or {@code https:} on a host that is
   * allowed.
   *
   * @param parameter field of the request that holds it
   * @throws ApiException if it can not be had
   */
  Picture of(String url, String parameter) {
    ImageReader.Options options = ImageReader.Options.DEFAULT.withMaxPixels(limits.imagePixels());
    if (url.regionMatches(true, 0, DATA, 0, DATA.length())) {
      return new Picture(data(url, parameter), "the image in " + parameter, parameter, options);
    }
    if (url.toLowerCase(Locale.ROOT).startsWith("https:")) {
      byte[] file = fetcher.fetch(url, parameter);
      return new Picture(file, "the image of " + parameter, parameter, options);
    }
    throw ApiException.wrong(
        parameter,
        "invalid_image_url",
        parameter + " must be data:image/...;base64,... or https://...");
  }

  private static byte[] data(String url, String parameter) {
    int comma = url.indexOf(',');
    String head = comma < 0 ? "" : url.substring(DATA.length(), comma).toLowerCase(Locale.ROOT);
    if (!head.startsWith("image/") || !head.endsWith(";base64")) {
      throw ApiException.wrong(
          parameter,
          "invalid_image_url",
          parameter + " must begin with data:image/...;base64, (PNG, JPEG, GIF, BMP or WebP)");
    }
    try {
      return Base64.getMimeDecoder().decode(url.substring(comma + 1));
    } catch (IllegalArgumentException e) {
      throw ApiException.wrong(
          parameter, "invalid_base64", parameter + " is not base64: " + e.getMessage());
    }
  }

  /**
   * Makes pixels on the caller's thread, a few images at a time.
   *
   * @throws ApiException if it is no image that can be read
   */
  void prepare(Picture picture, ImageProcessor processor) {
    var unused = timed(() -> picture.pixels(processor));
  }

  /**
   * Reads an image on the caller's thread, a few at a time.
   *
   * @return nanoseconds that it took
   * @throws ApiException if it is no image that can be read
   */
  long decode(Picture picture) {
    return timed(picture::image);
  }

  private long timed(Supplier<?> work) {
    decoders.acquireUninterruptibly();
    long start = System.nanoTime();
    try {
      var unused = work.get();
      long nanos = System.nanoTime() - start;
      metrics.stage(Metrics.Stage.DECODE, nanos);
      return nanos;
    } finally {
      decoders.release();
    }
  }
}
