package io.lorgnette.serve;

import static io.lorgnette.serve.Bench.chat;
import static io.lorgnette.serve.Bench.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues, deadlines, clients that go away, keys, and the end. */
class LimitsTest {

  private static final String PASSWORD = "changeit";

  /** Goes on for hundreds of tokens: each question mark asks for a sentence. */
  private static final String LONG = ",\"temperature\":1.5,\"seed\":3,\"n\":8,\"max_tokens\":380";

  private static final String QUESTIONS = "Why? ".repeat(40);

  @TempDir static Path folder;

  private static Bench bench;

  @BeforeAll
  static void load() {
    bench = new Bench(folder);
  }

  @AfterEach
  void stop() {
    bench.stop();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private static ServerConfig with(Limits limits) {
    return ServerConfig.local(0).withLimits(limits);
  }

  private static CompletableFuture<HttpResponse<String>> later(String body) {
    return bench.client.sendAsync(
        bench.post("/v1/chat/completions", body), BodyHandlers.ofString());
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("20 seconds are over").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void whoComesWhenTheQueueIsFullIsSentAway() throws Exception {
    bench.start(with(Limits.DEFAULT.withRows(1).withQueue(2, 2)));
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(later(chat(",\"model\":\"captions\"", bench.user(i % 6, ""))));
    }
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> one : all) {
      HttpResponse<String> response = one.get();
      statuses.add(response.statusCode());
      if (response.statusCode() == 429) {
        assertThat(response.body()).contains("rate_limit_error").contains("queue_full");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
      }
    }
    assertThat(statuses).contains(200, 429).containsOnly(200, 429);
  }

  @Test
  void aRequestThatTakesTooLongIsEnded() throws Exception {
    Duration deadline = Duration.ofMillis(150);
    bench.start(with(Limits.DEFAULT.withTimes(deadline, Duration.ZERO)));
    HttpResponse<String> response = later(chat(LONG, bench.user(0, QUESTIONS))).get();
    assertThat(response.statusCode()).as(response.body()).isEqualTo(504);
    assertThat(response.body()).contains("\"code\":\"timeout\"");
    await(() -> bench.server().engine().running() == 0);
  }

  @Test
  void theAnswerOfAClientThatGoesAwayIsGivenUp() throws Exception {
    bench.start(ServerConfig.local(0));
    bench.log.clear();
    for (String stream : List.of("", ",\"stream\":true")) {
      byte[] body = chat(LONG + stream, bench.user(0, QUESTIONS)).getBytes(StandardCharsets.UTF_8);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bench.uri("/").getPort())) {
        OutputStream out = socket.getOutputStream();
        String head =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + body.length
                + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
        await(() -> bench.server().engine().running() > 0);
      }
      await(() -> bench.server().engine().running() == 0);
    }
    await(() -> bench.log.size() == 2);
    assertThat(bench.log).extracting(RequestLog.Line::status).containsOnly(499);
    assertThat(bench.log).extracting(RequestLog.Line::completionTokens).allMatch(n -> n < 8 * 380);
    assertThat(bench.get("/metrics").body()).contains("lorgnette_requests_cancelled_total 2.0");
  }

  @Test
  void theNextRequestOnAConnectionMayComeEarly() throws Exception {
    bench.start(ServerConfig.local(0));
    String body = chat(",\"model\":\"captions\"", bench.user(0, ""));
    String request =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    String last = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bench.uri("/").getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      Thread.sleep(20);
      socket.getOutputStream().write((request + last).getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(all.split("HTTP/1.1 200", -1)).hasSize(4);
      assertThat(all.split("\"finish_reason\":\"stop\"", -1)).hasSize(3);
      assertThat(all).endsWith("{\"status\":\"ok\"}");
    }
  }

  @Test
  void whatRunsIsFinishedBeforeTheEnd() throws Exception {
    bench.start(with(Limits.DEFAULT.withTimes(Duration.ofSeconds(60), Duration.ofSeconds(30))));
    CompletableFuture<HttpResponse<String>> running =
        later(chat(",\"model\":\"captions\"", bench.user(0, "")));
    await(() -> bench.server().engine().running() > 0 || running.isDone());
    bench.stop();
    assertThat(running.get().statusCode()).isEqualTo(200);
    assertThat(content(Bench.JSON.readTree(running.get().body()))).endsWith(".");
  }

  @Test
  void whatTakesTooLongIsToldOfTheEnd() throws Exception {
    bench.start(with(Limits.DEFAULT.withTimes(Duration.ofSeconds(60), Duration.ZERO)));
    CompletableFuture<HttpResponse<String>> running = later(chat(LONG, bench.user(0, QUESTIONS)));
    await(() -> bench.server().engine().running() > 0);
    bench.stop();
    assertThat(running.get().statusCode()).isEqualTo(503);
    assertThat(running.get().body()).contains("shutting_down");
  }

  @Test
  void aKeyIsWantedWhereThereIsOne() throws Exception {
    ServerConfig local = ServerConfig.local(0);
    bench.start(
        new ServerConfig(
            "127.0.0.1", 0, Optional.of("s3cret"), Optional.empty(), Set.of(), local.limits()));
    HttpResponse<String> without = bench.get("/v1/models");
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.body()).contains("invalid_api_key");
    assertThat(without.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    for (String key : List.of("Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "Bearer ")) {
      HttpRequest wrong = bench.request("/v1/models").header("Authorization", key).build();
      assertThat(bench.send(wrong).statusCode()).as(key).isEqualTo(401);
    }
    HttpRequest right =
        bench.request("/v1/models").header("Authorization", "Bearer s3cret").build();
    assertThat(bench.send(right).statusCode()).isEqualTo(200);
    assertThat(bench.get("/health").statusCode()).isEqualTo(200);
    assertThat(bench.get("/metrics").statusCode()).isEqualTo(401);
  }

  @Test
  void othersAreLetInWithAKeyOnly() {
    assertThatThrownBy(
            () ->
                new ServerConfig(
                    "0.0.0.0", 0, Optional.empty(), Optional.empty(), Set.of(), Limits.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("LORGNETTE_API_KEY");
  }

  @Test
  void aPortThatIsTakenIsToldOf() {
    LorgnetteServer first = bench.start(ServerConfig.local(0));
    int port = first.uri().getPort();
    assertThatThrownBy(
            () ->
                LorgnetteServer.start(
                    List.of(new ServedModel("a", bench.answers)),
                    ServerConfig.local(port),
                    RequestLog.NONE))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(":" + port)
        .hasMessageContaining("choose another --port");
  }

  @Test
  void encryptedConnectionsAreServed() throws Exception {
    Path keystore = folder.resolve("server.p12");
    if (!Files.exists(keystore)) {
      Keys.write(keystore, PASSWORD);
    }
    bench.start(
        new ServerConfig(
            "127.0.0.1",
            0,
            Optional.empty(),
            Optional.of(new ServerConfig.Tls(keystore, PASSWORD)),
            Set.of(),
            Limits.DEFAULT));
    assertThat(bench.uri("/").getScheme()).isEqualTo("https");
    KeyStore trusted = KeyStore.getInstance(keystore.toFile(), PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    HttpClient client = HttpClient.newBuilder().sslContext(context).build();
    String body = chat(",\"model\":\"captions\",\"max_tokens\":4", bench.user(0, ""));
    HttpResponse<String> response =
        client.send(bench.post("/v1/chat/completions", body), BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }
}
