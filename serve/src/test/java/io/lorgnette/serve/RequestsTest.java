package io.lorgnette.serve;

import static io.lorgnette.serve.Bench.chat;
import static io.lorgnette.serve.Bench.said;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are wrong, and those that ask about the server. */
class RequestsTest {

  private static final String HELLO = said("user", "Hello?");

  @TempDir static Path folder;

  private static Bench bench;

  @BeforeAll
  static void start() {
    bench = new Bench(folder);
    bench.start(ServerConfig.local(0));
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  private static Arguments wrong(String parameter, String code, String part, String body) {
    return Arguments.of(parameter, code, part, body);
  }

  private static String image(String url) {
    return chat(
        "",
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\""
            + url
            + "\"}}]}");
  }

  static Stream<Arguments> wrongRequests() {
    return Stream.of(
        wrong(null, null, "not valid JSON (line 1)", "{\"messages\":"),
        wrong(null, null, "not valid JSON", "{} {}"),
        wrong(null, null, "is empty", ""),
        wrong(null, null, "must be a JSON object", "[]"),
        wrong("messages", "missing_required_parameter", "is missing", "{}"),
        wrong("messages", null, "a list of 1 to 256", "{\"messages\":[]}"),
        wrong("messages[0]", null, "must be a JSON object", "{\"messages\":[3]}"),
        wrong("messages[0].role", null, "user or assistant", chat("", said("tool", "x"))),
        wrong(
            "messages[0].content",
            null,
            "a string or a list of parts",
            "{\"messages\":[{\"role\":\"user\",\"content\":7}]}"),
        wrong(
            "messages[0].content[0].type",
            null,
            "text or image_url",
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\"}]}]}"),
        wrong("messages", null, "not the user's", chat("", HELLO, said("assistant", "Hi."))),
        wrong("messages", null, "is empty", chat("", said("user", ""))),
        wrong(
            "model",
            "model_not_found",
            "there are answers, captions",
            chat(",\"model\":\"gpt\"", HELLO)),
        wrong("temperature", null, "from 0.0 to 2.0", chat(",\"temperature\":3", HELLO)),
        wrong("top_p", null, "from 0.0 to 1.0", chat(",\"top_p\":\"all\"", HELLO)),
        wrong("max_tokens", null, "from 1 to 1024", chat(",\"max_tokens\":0", HELLO)),
        wrong("n", null, "from 1 to 8", chat(",\"n\":9", HELLO)),
        wrong("seed", null, "a whole number", chat(",\"seed\":1.5", HELLO)),
        wrong("stop", null, "not empty", chat(",\"stop\":[\"\"]", HELLO)),
        wrong("stop", null, "at most 4", chat(",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", HELLO)),
        wrong("stream", null, "true or false", chat(",\"stream\":1", HELLO)),
        wrong("stream_options", null, "stream to be true", chat(",\"stream_options\":{}", HELLO)),
        wrong("top_logprobs", null, "needs logprobs", chat(",\"top_logprobs\":2", HELLO)),
        wrong("tools", "unsupported_parameter", "leave it out", chat(",\"tools\":[{}]", HELLO)),
        wrong(
            "presence_penalty",
            "unsupported_parameter",
            "may be 0",
            chat(",\"presence_penalty\":1", HELLO)),
        wrong(
            "response_format",
            "unsupported_parameter",
            "text",
            chat(",\"response_format\":{\"type\":\"json_object\"}", HELLO)),
        wrong("wisdom", "unsupported_parameter", "leave it out", chat(",\"wisdom\":1", HELLO)),
        wrong(
            "messages[0].content[0].image_url.url",
            "invalid_image_url",
            "data:image",
            image("file:///etc/passwd")),
        wrong(
            "messages[0].content[0].image_url.url",
            "invalid_image_url",
            "no such host",
            image("https://127.0.0.1/a.png")),
        wrong(
            "messages[0].content[0].image_url.url",
            "invalid_image_url",
            "must be",
            image("http://localhost/a.png")),
        wrong(
            "messages[0].content[0].image_url.url",
            "invalid_image_url",
            "must begin",
            image("data:text/plain,hello")),
        wrong(
            "messages[0].content[0].image_url.url",
            "invalid_image",
            "",
            image("data:image/png;base64,aGVsbG8=")),
        wrong(
            "messages[0].content[0].image_url.url",
            "invalid_base64",
            "not base64",
            image("data:image/png;base64,A")),
        wrong(
            "messages",
            "context_length_exceeded",
            "shorten",
            chat("", said("user", "long ".repeat(700)))));
  }

  @ParameterizedTest
  @MethodSource("wrongRequests")
  void aWrongRequestIsToldWhatIsWrong(String parameter, String code, String part, String body)
      throws Exception {
    HttpResponse<String> response = bench.send(bench.post("/v1/chat/completions", body));
    int status = "model_not_found".equals(code) ? 404 : 400;
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = Bench.JSON.readTree(response.body()).path("error");
    assertThat(error.path("type").textValue()).isEqualTo("invalid_request_error");
    assertThat(error.path("param").textValue()).isEqualTo(parameter);
    assertThat(error.path("code").textValue()).isEqualTo(code);
    assertThat(error.path("message").textValue()).contains(part);
    assertThat(response.headers().firstValue("x-request-id")).isPresent();
  }

  @Test
  void whatClientsSendByHabitIsPassedOver() throws Exception {
    String habit =
        ",\"user\":\"u\",\"store\":false,\"metadata\":{},\"tools\":[],\"tool_choice\":\"none\","
            + "\"frequency_penalty\":0,\"logit_bias\":{},\"response_format\":{\"type\":\"text\"},"
            + "\"seed\":null,\"max_tokens\":2,\"parallel_tool_calls\":true";
    assertThat(bench.chatted(chat(habit, HELLO)).path("choices")).hasSize(1);
  }

  @Test
  void aBodyThatIsTooLargeIsNotRead() throws Exception {
    bench.start(ServerConfig.local(0).withLimits(small()));
    HttpResponse<String> response =
        bench.send(bench.post("/v1/chat/completions", chat("", said("user", "x".repeat(3000)))));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("request_too_large").contains("2000 bytes");
    bench.start(ServerConfig.local(0));
  }

  private static Limits small() {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        2000,
        1,
        usual.imagePixels(),
        usual.newTokens(),
        usual.defaultTokens(),
        usual.answers(),
        usual.rows(),
        usual.queue(),
        usual.queuePerClient(),
        usual.deadline(),
        usual.grace(),
        usual.imageCacheBytes(),
        usual.prefixCacheBytes());
  }

  @Test
  void pathsAndMethodsThatThereAreNot() throws Exception {
    assertThat(bench.get("/v2/chat").statusCode()).isEqualTo(404);
    HttpResponse<String> wrong = bench.get("/v1/chat/completions");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("POST");
    HttpRequest form =
        bench
            .request("/v1/chat/completions")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("{}"))
            .build();
    assertThat(bench.send(form).statusCode()).isEqualTo(415);
    HttpResponse<String> none = bench.send(bench.post("/v1/embeddings", "{\"input\":\"a dog\"}"));
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.body()).contains("--joint");
  }

  @Test
  void pagesOfOtherSitesAreRefused() throws Exception {
    HttpRequest foreign =
        bench.request("/v1/models").header("Origin", "https://example.org").build();
    assertThat(bench.send(foreign).statusCode()).isEqualTo(403);
    HttpRequest own =
        bench
            .request("/v1/models")
            .header("Origin", "http://" + bench.uri("/").getAuthority())
            .build();
    assertThat(bench.send(own).statusCode()).isEqualTo(200);
  }

  @Test
  void modelsAreListed() throws Exception {
    JsonNode list = Bench.JSON.readTree(bench.get("/v1/models").body());
    assertThat(list.path("data").findValuesAsText("id")).containsExactly("answers", "captions");
    JsonNode one = Bench.JSON.readTree(bench.get("/v1/models/captions").body());
    assertThat(one).isEqualTo(list.path("data").path(1));
    assertThat(one.path("lorgnette").path("image_tokens").intValue())
        .isEqualTo(bench.captions.method().imageLength());
    assertThat(list.path("data").path(0).path("lorgnette").path("captions").booleanValue())
        .isFalse();
    assertThat(one.path("lorgnette").path("captions").booleanValue()).isTrue();
    assertThat(bench.get("/v1/models/none").statusCode()).isEqualTo(404);
  }

  @Test
  void healthIsTold() throws Exception {
    assertThat(bench.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
    assertThat(bench.get("/ready").body()).isEqualTo("{\"status\":\"ready\"}");
    assertThat(bench.get("/metrics").body())
        .contains("lorgnette_queue_length 0.0")
        .containsPattern("lorgnette_process_resident_bytes [1-9]");
  }

  @Test
  void thePageAsksNobodyElse() throws Exception {
    HttpResponse<String> page = bench.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'")
        .doesNotContain("unsafe");
    for (String path : pageFiles()) {
      String text = bench.get(path).body();
      assertThat(text).isNotBlank();
      assertThat(text).doesNotContain("http://").doesNotContain("https://");
    }
    assertThat(page.body()).doesNotContain("<style").doesNotContainPattern("<script(?![^>]*src)");
    assertThat(page.body()).doesNotContainPattern(" (style|on[a-z]+)=\"");
  }

  private static Set<String> pageFiles() {
    Set<String> files = new TreeSet<>(Set.of("/", "/page.css"));
    Routes.SCRIPTS.forEach(script -> files.add("/" + script));
    return files;
  }

  @Test
  void theDocumentDescribesEveryPath() throws Exception {
    JsonNode document = Bench.JSON.readTree(bench.get("/openapi.json").body());
    assertThat(document.path("openapi").textValue()).startsWith("3.1");
    TreeMap<String, Set<String>> told = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      Set<String> methods = new TreeSet<>();
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        methods.add(method.getKey().toUpperCase(Locale.ROOT));
      }
      told.put(path.getKey(), methods);
    }
    TreeMap<String, Set<String>> there = new TreeMap<>(bench.server().routes().paths());
    there.keySet().removeAll(pageFiles());
    assertThat(told).isEqualTo(there);
  }

  @Test
  void theLogHasNoContent() throws Exception {
    bench.log.clear();
    bench.chatted(chat(",\"max_tokens\":2", bench.user(0, "Is this a secret?")));
    bench.get("/nowhere/secret");
    assertThat(bench.log).hasSize(2);
    RequestLog.Line line = bench.log.get(0);
    assertThat(line.route()).isEqualTo("/v1/chat/completions");
    assertThat(line.status()).isEqualTo(200);
    assertThat(line.model()).isEqualTo("answers");
    assertThat(line.images()).isEqualTo(1);
    assertThat(line.promptTokens()).isPositive();
    assertThat(line.completionTokens()).isBetween(1, 2);
    assertThat(line.error()).isNull();
    assertThat(bench.log.get(1).route()).isEqualTo("other");
    assertThat(bench.log.toString()).doesNotContain("secret");
  }

  @Test
  void whatIsRefusedBeforeItIsARequestIsAnsweredInTheSameForm() throws Exception {
    HttpResponse<String> response = bench.get("/v1/models/a%17b");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonNode error = Bench.JSON.readTree(response.body()).path("error");
    assertThat(error.path("type").textValue()).isEqualTo("invalid_request_error");
    assertThat(error.path("message").textValue()).startsWith("the request can not be read: ");
  }
}
