package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a small hub on this machine; what can go wrong is tested with the hub. */
class PullCommandTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** What git calls the two bytes of an empty JSON object. */
  private static final String HASH = "9e26dfeeb6e641a33dae4961196235bdb965b21b";

  @TempDir Path cache;

  private HttpServer server;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", PullCommandTest::answer);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String text = "{}";
      if (path.startsWith("/api/models/acme/tiny/revision/")) {
        text =
            "{\"sha\": \""
                + COMMIT
                + "\", \"siblings\": [{\"rfilename\": \"config.json\"}, {\"rfilename\": \"a.h5\"}]}";
      } else if (!path.equals("/acme/tiny/resolve/" + COMMIT + "/config.json")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("ETag", "\"" + HASH + "\"");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Cli pull(Object... arguments) {
    Object[] all = new Object[arguments.length + 5];
    all[0] = "pull";
    all[1] = "--endpoint";
    all[2] = "http://127.0.0.1:" + server.getAddress().getPort();
    all[3] = "--cache";
    all[4] = cache;
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return Cli.run(all);
  }

  @Test
  void printsTheFolder() {
    Path folder = cache.resolve("models--acme--tiny/snapshots").resolve(COMMIT);
    Cli cli = pull("acme/tiny");
    assertThat(cli.err()).contains("1 files, 2 bytes, of which 2 bytes were fetched", COMMIT);
    assertThat(cli.out()).isEqualToIgnoringNewLines(folder.toString());
    assertThat(cli.code()).isZero();
    assertThat(folder.resolve("config.json")).hasContent("{}");
    assertThat(pull("acme/tiny", "--quiet").err()).isEmpty();
  }

  @Test
  void jsonTellsEveryFile() throws Exception {
    Cli cli = pull("acme/tiny", "--revision", "v1", "--json", "--include", "*.json");
    JsonNode node = new ObjectMapper().readTree(cli.out());
    assertThat(node.path("repository").asText()).isEqualTo("acme/tiny");
    assertThat(node.path("revision").asText()).isEqualTo("v1");
    assertThat(node.path("commit").asText()).isEqualTo(COMMIT);
    assertThat(node.path("fetchedBytes").asInt()).isEqualTo(2);
    assertThat(node.path("files")).hasSize(1);
    assertThat(node.path("files").get(0).path("hash").asText()).isEqualTo(HASH);
    assertThat(node.path("files").get(0).path("state").asText()).isEqualTo("fetched");
    assertThat(Path.of(node.path("folder").asText()).resolve("config.json")).exists();
    assertThat(Files.readString(cache.resolve("models--acme--tiny/refs/v1"))).isEqualTo(COMMIT);
  }

  @Test
  void whatIsWrongIsOneSentence() {
    for (Object[] wrong :
        new Object[][] {
          {"acme/other"},
          {"acme/tiny@v1", "--revision", "v2"},
          {"acme/tiny", "--jobs", "0"},
          {"acme/tiny", "--exclude", "*"},
          {"not a name"},
          {"acme/tiny", "--include", "a.h5"}
        }) {
      Cli cli = pull(wrong);
      assertThat(cli.code()).as("%s", wrong).isEqualTo(2);
      assertThat(cli.err()).startsWith("lorgnette: ").hasLineCount(1);
      assertThat(cli.out()).isEmpty();
    }
  }

  @Test
  void aNameThatWasNotPulledIsSaidAndNotFetched() {
    assertThatThrownBy(() -> ModelOptions.vision("acme/none", Path.of("")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "acme/none is not the folder of a vision encoder and acme/none was not pulled"
                + " (lorgnette pull acme/none); give one or 'pocket'");
    assertThatThrownBy(() -> ModelOptions.language("./none", Path.of("")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not the folder or the GGUF file of a language model; give one");
  }
}
