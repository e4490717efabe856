package io.lorgnette.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explanation;
import io.lorgnette.generate.GenerationConfig;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the models make of postcards, asked over HTTP. */
class ExplanationsTest {

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

  private static String body(String more) {
    return "{\"image\":\"" + bench.url(0) + "\"" + more + "}";
  }

  @Test
  void equalsTheModelsOwn() throws Exception {
    JsonNode got =
        bench.ask("/v1/explanations", body(",\"regions\":3,\"neighbours\":2,\"beams\":1"));
    Explanation own =
        bench.captions.explain(
            bench.image(0), ExplainOptions.CAPTION.with(2, 3).with(GenerationConfig.beams(1, 50)));
    assertThat(got.path("object").textValue()).isEqualTo("explanation");
    assertThat(got.path("model").textValue()).isEqualTo("captions");
    assertThat(got.path("said").textValue()).isEqualTo(own.said());
    assertThat(got.path("blind").textValue()).isEqualTo(own.blind());
    assertThat(got.path("words")).hasSize(own.words().size());
    for (int i = 0; i < own.words().size(); i++) {
      JsonNode lost = got.path("words").path(i).path("lost");
      assertThat(lost).hasSize(9);
      for (int region = 0; region < 9; region++) {
        double expected = own.words().get(i).lost().get(region);
        assertThat(lost.path(region).doubleValue()).isCloseTo(expected, within(1e-3));
      }
    }
    assertThat(got.path("photo").path("seen").textValue()).startsWith("data:image/png;base64,");
    assertThat(got.path("prefix").path("nearest").path(0)).hasSize(2);
    assertThat(got.path("attention").path("maps").path(0)).hasSize(49);
    assertThat(got.path("milliseconds").path("decode").doubleValue()).isPositive();
  }

  @Test
  void aQuestionGoesToTheFirstModel() throws Exception {
    String more = ",\"question\":\"What is this?\",\"text\":\"a dog\",\"regions\":0";
    JsonNode got = bench.ask("/v1/explanations", body(more));
    assertThat(got.path("model").textValue()).isEqualTo("answers");
    assertThat(got.path("said").textValue()).isEqualTo("a dog");
    assertThat(got.path("words").path(0).path("lost")).isEmpty();
  }

  /** It is done in steps, between which answers grow. */
  @Test
  void othersAreAnsweredMeanwhile() throws Exception {
    CompletableFuture<HttpResponse<String>> slow =
        bench.client.sendAsync(
            bench.post("/v1/explanations", body(",\"regions\":12,\"beams\":1")),
            BodyHandlers.ofString());
    while (bench.server().engine().running() == 0) {
      Thread.sleep(1);
    }
    bench.chatted(Bench.chat(",\"max_tokens\":2", Bench.said("user", "Hello?")));
    assertThat(slow).isNotDone();
    assertThat(slow.get().statusCode()).isEqualTo(200);
  }

  @Test
  void wrongRequestsAreToldWhatIsWrong() throws Exception {
    assertThat(wrong(body(",\"regions\":99"))).isEqualTo("regions");
    assertThat(wrong(body(",\"question\":\" \""))).isEqualTo("question");
    assertThat(wrong(body(",\"beam\":1"))).isEqualTo("beam");
    assertThat(wrong("{}")).isEqualTo("image");
    assertThat(wrong("{\"image\":\"data:image/png;base64,aGVsbG8=\"}")).isEqualTo("image");
    HttpResponse<String> response =
        bench.send(
            bench.post("/v1/explanations", body(",\"text\":\"" + "word ".repeat(600) + "\"")));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("positions");
  }

  private static String wrong(String body) throws Exception {
    HttpResponse<String> response = bench.send(bench.post("/v1/explanations", body));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    return Bench.JSON.readTree(response.body()).path("error").path("param").textValue();
  }
}
