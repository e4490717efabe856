package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ServeCommandTest {

  @Test
  void itServesUntilItIsInterrupted() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));
    AtomicInteger code = new AtomicInteger(-1);
    Thread thread =
        new Thread(
            () ->
                code.set(
                    line.execute(
                        "serve",
                        "--port",
                        "0",
                        "--format",
                        "f32",
                        "--threads",
                        "1",
                        "--grace",
                        "0")));
    thread.start();
    while (out.toString().isEmpty() && thread.isAlive()) {
      Thread.sleep(20);
    }
    assertThat(out.toString())
        .as(err.toString())
        .startsWith("Serving pocket, pocket-captions at http://127.0.0.1:");
    URI uri = URI.create(out.toString().replaceFirst(".* at ", "").strip());
    String models =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri.resolve("v1/models")).build(), BodyHandlers.ofString())
            .body();
    assertThat(models).contains("\"pocket\"", "\"pocket-captions\"");
    thread.interrupt();
    thread.join(20_000);
    assertThat(code).hasValue(Failures.INTERRUPTED);
    assertThat(err.toString()).contains("\"route\":\"/v1/models\",\"status\":200");
  }

  @Test
  void wrongUseIsToldOf() {
    for (List<String> wrong :
        List.of(
            List.of("--host", "0.0.0.0", "LORGNETTE_API_KEY"),
            List.of("--port", "70000", "from 0 to 65535"),
            List.of("--parallel", "0", "at least 1"),
            List.of("--model", "mine=/nowhere", "does not exist"),
            List.of("--tls-keystore", "/nowhere.p12", "LORGNETTE_TLS_PASSWORD"),
            List.of("--language", "pocket-plain", "--model is missing"))) {
      Cli cli = Cli.run("serve", wrong.get(0), wrong.get(1));
      assertThat(cli.code()).as(cli.err()).isEqualTo(Failures.WRONG_USE);
      assertThat(cli.err()).contains(wrong.get(2));
    }
  }
}
