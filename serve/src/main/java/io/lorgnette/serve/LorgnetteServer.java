package io.lorgnette.serve;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Tensors;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bytedeco.javacpp.Pointer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Models over HTTP, as OpenAI's interface has it: chat completions with images, captions,
 * embeddings.
 *
 * <pre>{@code
 * try (VisionLanguageModel model = VisionLanguageModel.load(vision, language, connector, numerics);
 *     LorgnetteServer server =
 *         LorgnetteServer.start(
 *             List.of(new ServedModel("mine", model)), ServerConfig.local(8080), RequestLog.NONE)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 *
 * @since 0.1
 */
public final class LorgnetteServer implements AutoCloseable {

  private final Server server;
  private final ServerConnector connector;
  private final ServerConfig config;
  private final Engine engine;
  private final Fetcher fetcher;
  private final Routes routes;
  private final Handling handling;

  private LorgnetteServer(
      List<ServedModel> models,
      ServedModel captioner,
      Optional<ServedSpace> space,
      ServerConfig config,
      Numerics numerics,
      RequestLog log) {
    this.config = config;
    Metrics metrics = new Metrics();
    Limits limits = config.limits();
    fetcher = new Fetcher(config.imageHosts(), limits.bodyBytes());
    engine = new Engine(models, space, limits, metrics, numerics);
    measure(metrics);
    Pictures pictures = new Pictures(limits, fetcher, metrics);
    routes = new Routes(models, captioner, space, engine, pictures, metrics, config, log);
    // A thread for each request that runs or waits, and some for health and metrics.
    QueuedThreadPool threads = new QueuedThreadPool(limits.queue() + limits.rows() + 32, 8);
    threads.setName("lorgnette-http");
    server = new Server(threads);
    connector = connector(server, config);
    server.addConnector(connector);
    handling = new Handling(routes);
    server.setHandler(handling);
    server.setErrorHandler(LorgnetteServer::refused);
  }

  /** Answers what Jetty refuses before it is a request of ours: paths and heads that are broken. */
  private static boolean refused(Request request, Response response, Callback callback) {
    ApiException reason =
        ApiException.unreadable(
            response.getStatus(), (String) request.getAttribute(ErrorHandler.ERROR_MESSAGE));
    byte[] body = ErrorJson.bytes(reason);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Routes.JSON_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    boolean silent = request.getMethod().equals("HEAD");
    response.write(true, ByteBuffer.wrap(silent ? new byte[0] : body), callback);
    return true;
  }

  private void measure(Metrics metrics) {
    metrics.gauge("lorgnette.queue.length", "Requests that wait", engine::waiting);
    metrics.gauge("lorgnette.answers.running", "Answers that are being written", engine::running);
    metrics.bytes("lorgnette.engine.native", "Keys, values and images that are kept", engine::held);
    metrics.bytes("lorgnette.process.resident", "Memory of the process", Pointer::physicalBytes);
    metrics.gauge("lorgnette.native.objects", "Native objects alive", Tensors::liveNativeObjects);
  }

  /** Starts a server whose first model also captions, with the machine as it is set. */
  public static LorgnetteServer start(
      List<ServedModel> models, ServerConfig config, RequestLog log) {
    return start(models, models.get(0), Optional.empty(), config, null, log);
  }

  /**
   * Starts a server.
   *
   * @param models at least one, of different names; the first one answers where a request names
   *     none. They stay the caller's, and are closed after the server.
   * @param captioner that of them which captions where a request names none
   * @param space for embeddings
   * @param numerics of the thread that computes, or null for the machine as it is set
   * @throws InputException if the port is taken, or the keystore can not be read
   */
  public static LorgnetteServer start(
      List<ServedModel> models,
      ServedModel captioner,
      Optional<ServedSpace> space,
      ServerConfig config,
      Numerics numerics,
      RequestLog log) {
    if (models.isEmpty()
        || models.stream().map(ServedModel::id).distinct().count() < models.size()) {
      throw new IllegalArgumentException("a server needs models of different names");
    }
    LorgnetteServer server = new LorgnetteServer(models, captioner, space, config, numerics, log);
    try {
      server.server.start();
      return server;
    } catch (Exception e) {
      server.close();
      throw new InputException(
          "the server can not listen on "
              + config.host()
              + ":"
              + config.port()
              + " ("
              + (e.getCause() == null ? e.getMessage() : e.getCause().getMessage())
              + "); choose another --port, or see to the keystore",
          e);
    }
  }

  private static ServerConnector connector(Server server, ServerConfig config) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(16 << 10);
    ServerConnector connector;
    if (config.tls().isPresent()) {
      http.addCustomizer(new SecureRequestCustomizer(false));
      HttpConnectionFactory plain = new HttpConnectionFactory(http);
      connector =
          new ServerConnector(
              server, new SslConnectionFactory(tls(config.tls().get()), "http/1.1"), plain);
    } else {
      connector = new ServerConnector(server, new HttpConnectionFactory(http));
    }
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setIdleTimeout(60_000);
    return connector;
  }

  private static SslContextFactory.Server tls(ServerConfig.Tls tls) {
    if (!Files.isRegularFile(tls.keystore())) {
      throw new InputException(
          tls.keystore() + " does not exist; give a keystore in PKCS #12 with a key and its chain");
    }
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setKeyStorePath(tls.keystore().toAbsolutePath().toString());
    factory.setKeyStorePassword(tls.password());
    return factory;
  }

  /** Where it answers. */
  public URI uri() {
    String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
    return URI.create(
        (config.tls().isPresent() ? "https" : "http")
            + "://"
            + host.toLowerCase(Locale.ROOT)
            + ":"
            + connector.getLocalPort()
            + "/");
  }

  /** The paths, for the document that describes them. */
  Routes routes() {
    return routes;
  }

  /** What answers questions. */
  Engine engine() {
    return engine;
  }

  /** Hands requests to the routes, a thread each. */
  private static final class Handling extends Handler.Abstract {

    private final Routes routes;
    private final Phaser requests = new Phaser(1);

    Handling(Routes routes) {
      this.routes = routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String id = UUID.randomUUID().toString().replace("-", "");
      requests.register();
      try {
        routes.answer(new Exchange(request, response, id));
        callback.succeeded();
      } catch (RuntimeException | Error e) {
        callback.failed(e);
      } finally {
        requests.arriveAndDeregister();
      }
      return true;
    }

    /** Waits until what has been asked is answered. */
    void await(long seconds) throws InterruptedException {
      try {
        requests.awaitAdvanceInterruptibly(requests.arrive(), seconds, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        // Clients that do not read what they are sent are left behind.
      }
    }
  }

  /**
   * Stops: no new requests are taken, those that run have the {@link Limits#grace} to end, and what
   * then still runs is told so.
   */
  @Override
  public void close() {
    engine.stop(config.limits().grace());
    try {
      // What the engine has told last is still being written.
      handling.await(2);
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not stop: " + e.getMessage(), e);
    } finally {
      fetcher.close();
    }
  }
}
