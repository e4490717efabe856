package io.lorgnette.serve;

/** A request that is not answered as it was asked, in the form of OpenAI's errors. */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final String parameter;
  private final String code;

  private ApiException(int status, String type, String parameter, String code, String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.parameter = parameter;
    this.code = code;
  }

  /** A request that is wrong: 400. */
  static ApiException wrong(String parameter, String message) {
    return new ApiException(400, "invalid_request_error", parameter, null, message);
  }

  /** A request that is wrong in a way that has a name: 400. */
  static ApiException wrong(String parameter, String code, String message) {
    return new ApiException(400, "invalid_request_error", parameter, code, message);
  }

  static ApiException unauthorized(String message) {
    return new ApiException(401, "authentication_error", null, "invalid_api_key", message);
  }

  static ApiException forbidden(String message) {
    return new ApiException(403, "permission_error", null, null, message);
  }

  static ApiException notFound(String parameter, String code, String message) {
    return new ApiException(404, "invalid_request_error", parameter, code, message);
  }

  static ApiException methodNotAllowed(String message) {
    return new ApiException(405, "invalid_request_error", null, null, message);
  }

  static ApiException tooLarge(String message) {
    return new ApiException(413, "invalid_request_error", null, "request_too_large", message);
  }

  static ApiException mediaType(String message) {
    return new ApiException(415, "invalid_request_error", null, null, message);
  }

  static ApiException tooMany(String message) {
    return new ApiException(429, "rate_limit_error", null, "queue_full", message);
  }

  /**
   * What was refused before it was a request, or failed behind it.
   *
   * @param why in the HTTP library's words, or null; told to the client if it is the client's fault
   */
  static ApiException unreadable(int status, String why) {
    boolean ours = status >= 500;
    return new ApiException(
        status,
        ours ? "server_error" : "invalid_request_error",
        null,
        null,
        ours || why == null
            ? "the request can not be answered"
            : "the request can not be read: " + why);
  }

  /** A defect, ours or the machine's: 500. The client is told its kind, the log all of it. */
  static ApiException failed(Throwable cause) {
    ApiException failed =
        new ApiException(
            500,
            "server_error",
            null,
            null,
            "the server failed ("
                + cause.getClass().getSimpleName()
                + "); its log says more under the request's x-request-id");
    failed.initCause(cause);
    return failed;
  }

  static ApiException stopping() {
    return new ApiException(
        503, "server_error", null, "shutting_down", "the server is shutting down; try another");
  }

  static ApiException deadline(String message) {
    return new ApiException(504, "server_error", null, "timeout", message);
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  /** Name of the field that is wrong, or null. */
  String parameter() {
    return parameter;
  }

  /** A name for programs, or null. */
  String code() {
    return code;
  }
}
