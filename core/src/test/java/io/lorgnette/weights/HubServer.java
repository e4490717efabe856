package io.lorgnette.weights;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A hub with one repository on this machine: it speaks the hub's protocol, large files come from a
 * second server, and it fails on demand.
 */
final class HubServer implements AutoCloseable {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String REPOSITORY = "acme/tiny-lm";

  /**
   * A request that came.
   *
   * @param server "hub" or "storage"
   */
  record Request(String server, String method, String path, String authorization, String range) {}

  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final HttpServer hub = server();
  private final HttpServer storage = server();
  final Map<String, byte[]> small = new ConcurrentHashMap<>();
  final Map<String, byte[]> large = new ConcurrentHashMap<>();
  final List<Request> requests = new CopyOnWriteArrayList<>();

  /** Status codes to answer with instead, first in first out, by path. */
  final Map<String, List<Integer>> statuses = new ConcurrentHashMap<>();

  /** Headers to add to every answer. */
  final Map<String, String> headers = new ConcurrentHashMap<>();

  /** After how many bytes the storage breaks off, first in first out; then it is whole. */
  final List<Integer> breaks = new CopyOnWriteArrayList<>();

  volatile boolean ranges = true;
  volatile String token = "";
  volatile String listing = "";
  volatile boolean lies;

  HubServer() {
    hub.createContext("/", e -> handle(e, "hub"));
    storage.createContext("/", e -> handle(e, "storage"));
    hub.start();
    storage.start();
  }

  private HttpServer server() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(pool);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String endpoint() {
    return "http://127.0.0.1:" + hub.getAddress().getPort();
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
    pool.shutdownNow();
  }

  List<Request> requests(String server, String method) {
    return requests.stream()
        .filter(r -> r.server().equals(server) && r.method().equals(method))
        .collect(Collectors.toList());
  }

  private void handle(HttpExchange exchange, String server) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      requests.add(
          new Request(
              server,
              exchange.getRequestMethod(),
              path,
              exchange.getRequestHeaders().getFirst("Authorization"),
              exchange.getRequestHeaders().getFirst("Range")));
      headers.forEach(exchange.getResponseHeaders()::set);
      List<Integer> codes = statuses.get(path);
      if (codes != null && !codes.isEmpty()) {
        empty(exchange, codes.remove(0));
      } else if (server.equals("storage")) {
        send(exchange, large.get(path.substring(1)), true);
      } else if (!token.isEmpty()
          && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        empty(exchange, 401);
      } else {
        hub(exchange, URLDecoder.decode(path, StandardCharsets.UTF_8));
      }
    }
  }

  private void hub(HttpExchange exchange, String path) throws IOException {
    String api = "/api/models/" + REPOSITORY + "/revision/";
    String resolve = "/" + REPOSITORY + "/resolve/" + COMMIT + "/";
    if (path.equals(api + "main") || path.equals(api + "refs/pr/1")) {
      send(exchange, listing().getBytes(StandardCharsets.UTF_8), false);
    } else if (path.startsWith(api)) {
      exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
      empty(exchange, 404);
    } else if (path.startsWith(resolve) && small.containsKey(path.substring(resolve.length()))) {
      byte[] content = small.get(path.substring(resolve.length()));
      exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
      exchange.getResponseHeaders().set("ETag", "W/\"" + gitHash(content) + "\"");
      send(exchange, content, false);
    } else if (path.startsWith(resolve) && large.containsKey(path.substring(resolve.length()))) {
      String name = path.substring(resolve.length());
      byte[] content = large.get(name);
      exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
      exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256(content) + "\"");
      exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
      exchange.getResponseHeaders().set("ETag", "\"of the redirect\"");
      exchange
          .getResponseHeaders()
          .set("Location", "http://127.0.0.1:" + storage.getAddress().getPort() + "/" + name);
      empty(exchange, 302);
    } else {
      empty(exchange, 404);
    }
  }

  private String listing() {
    if (!listing.isEmpty()) {
      return listing;
    }
    return "{\"id\": \""
        + REPOSITORY
        + "\", \"sha\": \""
        + COMMIT
        + "\", \"siblings\": ["
        + Stream.concat(small.keySet().stream(), large.keySet().stream())
            .sorted()
            .map(n -> "{\"rfilename\": \"" + n + "\"}")
            .collect(Collectors.joining(", "))
        + "]}";
  }

  private void send(HttpExchange exchange, byte[] whole, boolean mayBreak) throws IOException {
    byte[] content = whole.clone();
    if (lies && mayBreak) {
      content[content.length / 2] = (byte) ~content[content.length / 2];
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    if (range != null && ranges) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      if (from >= content.length) {
        empty(exchange, 416);
        return;
      }
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    byte[] part = Arrays.copyOfRange(content, from, content.length);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(part.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(range != null && ranges ? 206 : 200, part.length);
    int count = mayBreak && !breaks.isEmpty() ? breaks.remove(0) : part.length;
    OutputStream out = exchange.getResponseBody();
    out.write(part, 0, Math.min(count, part.length));
    out.flush();
    if (count >= part.length) {
      out.close();
    }
    // Left open, the stream is cut together with its connection by the exchange's end.
  }

  private static void empty(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  static String sha256(byte[] content) {
    return hash("SHA-256", content);
  }

  static String gitHash(byte[] content) {
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return hash("SHA-1", all);
  }

  private static String hash(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
