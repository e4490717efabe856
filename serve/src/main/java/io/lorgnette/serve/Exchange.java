package io.lorgnette.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;

/**
 * One request of HTTP and its answer. Belongs to the request's thread.
 *
 * <p>A client that goes away is noticed while its answer is being made: nothing may come from it
 * then but the end of the connection. A byte that does come belongs to its next request, and is
 * given back to the connection.
 */
final class Exchange {

  private static final long LOOK_NANOS = 100_000_000;

  /** Whose answer nobody waits for any more. */
  static final class GoneException extends RuntimeException {

    private static final long serialVersionUID = 1;

    GoneException() {
      super("the client went away");
    }
  }

  private final Request request;
  private final Response response;
  private final String id;
  private final long arrived = System.nanoTime();
  private long looked = arrived;
  private boolean pipelined;
  private int status;

  Exchange(Request request, Response response, String id) {
    this.request = request;
    this.response = response;
    this.id = id;
    // The model may think for longer than a connection may rest.
    request.addIdleTimeoutListener(timeout -> false);
    response.getHeaders().put("x-request-id", id);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
  }

  String id() {
    return id;
  }

  String method() {
    return request.getMethod();
  }

  /** The path without what stands behind a question mark. */
  String path() {
    return Request.getPathInContext(request);
  }

  /** A header's value, or null. */
  String header(String name) {
    return request.getHeaders().get(name);
  }

  String client() {
    return Request.getRemoteAddr(request);
  }

  /** Since its arrival. */
  long nanos() {
    return System.nanoTime() - arrived;
  }

  /** What was answered, or 0. */
  int status() {
    return status;
  }

  boolean committed() {
    return response.isCommitted();
  }

  /**
   * The request's content.
   *
   * @throws ApiException if it has more bytes than allowed
   */
  byte[] body(long most) {
    if (request.getLength() > most) {
      throw tooLarge(most);
    }
    try (InputStream in = Content.Source.asInputStream(request)) {
      byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 16));
      if (bytes.length > most) {
        throw tooLarge(most);
      }
      return bytes;
    } catch (IOException e) {
      throw new GoneException();
    }
  }

  private static ApiException tooLarge(long most) {
    return ApiException.tooLarge(
        "the request has more than " + most + " bytes; send smaller or fewer images");
  }

  void header(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /** Answers at once. */
  void answer(int code, String type, byte[] bytes) {
    status = code;
    response.setStatus(code);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
    write(true, method().equals("HEAD") ? new byte[0] : bytes);
  }

  /** Begins a stream of server-sent events. */
  void open() {
    status = 200;
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.getHeaders().put(new HttpField("X-Accel-Buffering", "no"));
    write(false, new byte[0]);
  }

  /** Sends an event. */
  void event(String data) {
    write(false, ("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Ends the stream. */
  void end() {
    write(true, new byte[0]);
  }

  private void write(boolean last, byte[] bytes) {
    try {
      Content.Sink.write(response, last, ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new GoneException();
    }
  }

  /**
   * Whether the client has gone away; looks every 0.1 seconds at most. The request's content must
   * have been read.
   */
  boolean gone() {
    long now = System.nanoTime();
    if (now - looked < LOOK_NANOS) {
      return false;
    }
    looked = now;
    Connection connection = request.getConnectionMetaData().getConnection();
    EndPoint endPoint = connection.getEndPoint();
    if (!endPoint.isOpen() || endPoint.isInputShutdown()) {
      return true;
    }
    if (pipelined || !(connection instanceof Connection.UpgradeTo next)) {
      return false;
    }
    ByteBuffer buffer = BufferUtil.allocate(1);
    try {
      int count = endPoint.fill(buffer);
      if (count > 0) {
        pipelined = true;
        next.onUpgradeTo(buffer);
      }
      return count < 0;
    } catch (IOException e) {
      return true;
    }
  }
}
