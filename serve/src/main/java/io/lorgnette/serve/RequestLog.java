package io.lorgnette.serve;

import java.time.Instant;

/** Hears of every request, without a word of its content. Called from several threads. */
@FunctionalInterface
public interface RequestLog {

  /** Nobody listens. */
  RequestLog NONE = line -> {};

  /**
   * A request that has ended.
   *
   * @param id as the client was told in {@code x-request-id}
   * @param method of HTTP
   * @param route one of the server's, or "other"
   * @param client its address
   * @param status of HTTP; 499 where the client went away
   * @param millis from its arrival
   * @param firstTokenMillis from its arrival, or -1
   * @param model or null
   * @param images it brought
   * @param promptTokens or 0
   * @param cachedTokens of them, known before
   * @param completionTokens or 0
   * @param error what was wrong, by its name for programs or its kind; or null
   */
  record Line(
      Instant time,
      String id,
      String method,
      String route,
      String client,
      int status,
      long millis,
      long firstTokenMillis,
      String model,
      int images,
      int promptTokens,
      int cachedTokens,
      int completionTokens,
      String error) {}

  void ended(Line line);

  /**
   * A defect that ended a request.
   *
   * @param id of the request
   */
  default void failed(String id, Throwable failure) {}
}
