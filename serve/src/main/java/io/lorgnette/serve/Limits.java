package io.lorgnette.serve;

import java.time.Duration;

/**
 * What one server takes on.
 *
 * @param bodyBytes of a request at most
 * @param images of a request at most
 * @param imagePixels of an image at most, width times height
 * @param newTokens of an answer at most
 * @param defaultTokens of an answer where a request does not say
 * @param answers to one request at most
 * @param rows answers that are written at the same time
 * @param queue requests that wait
 * @param queuePerClient requests of one client that wait
 * @param deadline of a request, from its arrival
 * @param grace for requests that run when the server is asked to stop
 * @param imageCacheBytes for what was seen in images
 * @param prefixCacheBytes for keys and values of prompts
 */
public record Limits(
    long bodyBytes,
    int images,
    long imagePixels,
    int newTokens,
    int defaultTokens,
    int answers,
    int rows,
    int queue,
    int queuePerClient,
    Duration deadline,
    Duration grace,
    long imageCacheBytes,
    long prefixCacheBytes) {

  /** For one machine. */
  public static final Limits DEFAULT =
      new Limits(
          32L << 20,
          16,
          1L << 26,
          1024,
          128,
          8,
          32,
          128,
          64,
          Duration.ofSeconds(120),
          Duration.ofSeconds(10),
          256L << 20,
          256L << 20);

  public Limits {
    if (bodyBytes < 1
        || images < 1
        || imagePixels < 1
        || newTokens < 1
        || defaultTokens < 1
        || answers < 1
        || rows < 1
        || queue < 1
        || queuePerClient < 1
        || deadline.isNegative()
        || deadline.isZero()
        || grace.isNegative()
        || imageCacheBytes < 0
        || prefixCacheBytes < 0) {
      throw new IllegalArgumentException("limits must be positive, caches and grace at least 0");
    }
  }

  /** The same with other queues. */
  public Limits withQueue(int newQueue, int newPerClient) {
    return new Limits(
        bodyBytes,
        images,
        imagePixels,
        newTokens,
        defaultTokens,
        answers,
        rows,
        newQueue,
        newPerClient,
        deadline,
        grace,
        imageCacheBytes,
        prefixCacheBytes);
  }

  /** The same with so many answers at the same time. */
  public Limits withRows(int newRows) {
    return new Limits(
        bodyBytes,
        images,
        imagePixels,
        newTokens,
        defaultTokens,
        answers,
        newRows,
        queue,
        queuePerClient,
        deadline,
        grace,
        imageCacheBytes,
        prefixCacheBytes);
  }

  /** The same with other times. */
  public Limits withTimes(Duration newDeadline, Duration newGrace) {
    return new Limits(
        bodyBytes,
        images,
        imagePixels,
        newTokens,
        defaultTokens,
        answers,
        rows,
        queue,
        queuePerClient,
        newDeadline,
        newGrace,
        imageCacheBytes,
        prefixCacheBytes);
  }
}
