package io.lorgnette.serve;

import static io.lorgnette.serve.Bench.chat;
import static io.lorgnette.serve.Bench.content;
import static io.lorgnette.serve.Bench.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.VisionLanguageModel.Shot;
import io.lorgnette.generate.GenerationConfig;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chat completions through real sockets, by the pocket pair. */
class ChatTest {

  private static final String QUESTION = "How many people are there?";
  private static final GenerationConfig GREEDY = GenerationConfig.greedy(128);

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

  @Test
  void answersAsTheModelDoesInProcess() throws Exception {
    for (int photo = 0; photo < 3; photo++) {
      JsonNode got = bench.chatted(chat("", bench.user(photo, QUESTION)));
      String expected =
          bench.answers.answer(bench.image(photo), QUESTION, List.of(), GREEDY).text();
      assertThat(content(got)).isEqualTo(expected).isNotEmpty();
      assertThat(got.path("object").textValue()).isEqualTo("chat.completion");
      assertThat(got.path("model").textValue()).isEqualTo("answers");
      assertThat(got.path("id").textValue()).startsWith("chatcmpl-");
      JsonNode choice = got.path("choices").path(0);
      assertThat(choice.path("finish_reason").textValue()).isEqualTo("stop");
      assertThat(choice.path("message").path("role").textValue()).isEqualTo("assistant");
      JsonNode usage = got.path("usage");
      assertThat(usage.path("prompt_tokens_details").path("image_tokens").intValue())
          .isEqualTo(bench.answers.method().imageLength());
      assertThat(usage.path("prompt_tokens").intValue())
          .isEqualTo(
              bench.answers.method().imageLength()
                  + bench.answers.method().prompts().question(QUESTION).length);
      assertThat(usage.path("total_tokens").intValue())
          .isEqualTo(
              usage.path("prompt_tokens").intValue() + usage.path("completion_tokens").intValue());
    }
  }

  @Test
  void theImageChangesTheAnswer() throws Exception {
    List<String> said = new ArrayList<>();
    for (int photo = 0; photo < bench.photos.size(); photo++) {
      said.add(content(bench.chatted(chat(",\"model\":\"captions\"", bench.user(photo, "")))));
    }
    assertThat(said.stream().distinct().count()).isGreaterThan(3);
  }

  @Test
  void anImageWithoutAQuestionIsCaptioned() throws Exception {
    JsonNode got = bench.chatted(chat(",\"model\":\"captions\"", bench.user(1, " ")));
    assertThat(content(got))
        .isEqualTo(bench.captions.captions(List.of(bench.image(1)), GREEDY).get(0).text())
        .endsWith(".");
  }

  @Test
  void turnsBeforeAreShots() throws Exception {
    JsonNode got =
        bench.chatted(
            chat(
                "",
                bench.user(0, "What colour is the sky?"),
                said("assistant", "blue"),
                bench.user(1, QUESTION)));
    Shot shot = new Shot(bench.image(0), "What colour is the sky?", "blue");
    assertThat(content(got))
        .isEqualTo(bench.answers.answer(bench.image(1), QUESTION, List.of(shot), GREEDY).text());
  }

  @Test
  void aQuestionWithoutAnImageIsAboutTheOneBefore() throws Exception {
    JsonNode got =
        bench.chatted(
            chat(
                "",
                bench.user(2, "What colour is the sky?"),
                said("assistant", "blue"),
                said("user", QUESTION)));
    Shot shot = new Shot(bench.image(2), "What colour is the sky?", "blue");
    assertThat(content(got))
        .isEqualTo(bench.answers.answer(bench.image(2), QUESTION, List.of(shot), GREEDY).text());
  }

  @Test
  void aSystemPromptAndSeveralImagesTakeTokens() throws Exception {
    int image = bench.answers.method().imageLength();
    JsonNode one = bench.chatted(chat("", bench.user(0, QUESTION)));
    JsonNode system = bench.chatted(chat("", said("system", "Be brief."), bench.user(0, QUESTION)));
    String both =
        "{\"role\":\"user\",\"content\":["
            + part(0)
            + ","
            + part(1)
            + ",{\"type\":\"text\",\"text\":\""
            + QUESTION
            + "\"}]}";
    JsonNode two = bench.chatted(chat("", both));
    int tokens = one.path("usage").path("prompt_tokens").intValue();
    assertThat(system.path("usage").path("prompt_tokens").intValue())
        .isEqualTo(tokens + bench.answers.method().prompts().text("Be brief.").length);
    assertThat(two.path("usage").path("prompt_tokens").intValue()).isEqualTo(tokens + image);
    assertThat(two.path("usage").path("prompt_tokens_details").path("image_tokens").intValue())
        .isEqualTo(2 * image);
  }

  private static String part(int photo) {
    return "{\"type\":\"image_url\",\"image_url\":{\"url\":\""
        + bench.url(photo)
        + "\",\"detail\":\"low\"}}";
  }

  @Test
  void aStreamSaysTheSame() throws Exception {
    String body = bench.user(3, "What is in the picture? What colour is it?");
    JsonNode whole = bench.chatted(chat("", body));
    List<String> events =
        bench.events(chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}", body));
    assertThat(events.get(events.size() - 1)).isEqualTo("[DONE]");
    StringBuilder text = new StringBuilder();
    List<String> finishes = new ArrayList<>();
    for (String event : events.subList(0, events.size() - 2)) {
      JsonNode chunk = Bench.JSON.readTree(event);
      assertThat(chunk.path("object").textValue()).isEqualTo("chat.completion.chunk");
      JsonNode choice = chunk.path("choices").path(0);
      text.append(choice.path("delta").path("content").asText(""));
      if (choice.hasNonNull("finish_reason")) {
        finishes.add(choice.path("finish_reason").textValue());
      }
    }
    assertThat(text.toString()).isEqualTo(content(whole)).contains(".");
    assertThat(finishes).containsExactly("stop");
    JsonNode first = Bench.JSON.readTree(events.get(0)).path("choices").path(0).path("delta");
    assertThat(first.path("role").textValue()).isEqualTo("assistant");
    JsonNode usage = Bench.JSON.readTree(events.get(events.size() - 2));
    assertThat(usage.path("choices")).isEmpty();
    assertThat(usage.path("usage").path("completion_tokens"))
        .isEqualTo(whole.path("usage").path("completion_tokens"));
    assertThat(events.size()).isGreaterThan(5);
  }

  @Test
  void lengthAndStopEndAnswers() throws Exception {
    String message = bench.user(1, "");
    JsonNode whole = bench.chatted(chat(",\"model\":\"captions\"", message));
    JsonNode cut =
        bench.chatted(chat(",\"model\":\"captions\",\"max_completion_tokens\":3", message));
    assertThat(cut.path("choices").path(0).path("finish_reason").textValue()).isEqualTo("length");
    assertThat(cut.path("usage").path("completion_tokens").intValue()).isEqualTo(3);
    assertThat(content(whole)).startsWith(content(cut));
    String word = content(whole).split(" ", -1)[3];
    JsonNode stopped =
        bench.chatted(chat(",\"model\":\"captions\",\"stop\":[\"" + word + "\"]", message));
    assertThat(content(stopped))
        .isEqualTo(content(whole).substring(0, content(whole).indexOf(word)).strip());
  }

  @Test
  void aSeedRepeatsWhatIsDrawn() throws Exception {
    String settings = ",\"model\":\"captions\",\"temperature\":1.2,\"n\":3,\"seed\":";
    JsonNode first = bench.chatted(chat(settings + 5, bench.user(0, "")));
    JsonNode again = bench.chatted(chat(settings + 5, bench.user(0, "")));
    JsonNode other = bench.chatted(chat(settings + 6, bench.user(0, "")));
    assertThat(first.path("choices")).hasSize(3).isEqualTo(again.path("choices"));
    assertThat(first.path("choices")).isNotEqualTo(other.path("choices"));
    assertThat(first.path("choices").path(0).path("message"))
        .isNotEqualTo(first.path("choices").path(1).path("message"));
    JsonNode greedy = bench.chatted(chat(",\"n\":2,\"temperature\":0", bench.user(0, QUESTION)));
    assertThat(greedy.path("choices").path(0).path("message"))
        .isEqualTo(greedy.path("choices").path(1).path("message"));
  }

  @Test
  void logProbabilitiesAreTold() throws Exception {
    JsonNode got =
        bench.chatted(
            chat(
                ",\"logprobs\":true,\"top_logprobs\":3,\"model\":\"captions\"", bench.user(0, "")));
    JsonNode tokens = got.path("choices").path(0).path("logprobs").path("content");
    StringBuilder text = new StringBuilder();
    double sum = 0;
    for (JsonNode token : tokens) {
      text.append(token.path("token").textValue());
      sum += token.path("logprob").doubleValue();
      assertThat(token.path("top_logprobs")).hasSize(3);
      assertThat(token.path("top_logprobs").path(0).path("logprob"))
          .isEqualTo(token.path("logprob"));
    }
    assertThat(text.toString().strip()).isEqualTo(content(got));
    double score = bench.captions.captions(List.of(bench.image(0)), GREEDY).get(0).score();
    assertThat(sum / tokens.size()).isCloseTo(score, within(1e-3));
  }

  @Test
  void whatIsAskedAtOnceIsAnsweredAsAlone() throws Exception {
    List<String> bodies = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String question = i % 3 == 0 ? "" : i % 3 == 1 ? QUESTION : "What colour is the sky?";
      String settings =
          (i % 2 == 0 ? "" : ",\"temperature\":0.8,\"seed\":" + i)
              + (i % 3 == 0 ? ",\"model\":\"captions\"" : "");
      bodies.add(chat(settings, bench.user(i % 6, question)));
      alone.add(content(bench.chatted(bodies.get(i))));
    }
    bench.stop();
    bench.start(ServerConfig.local(0)); // with empty caches
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (String body : bodies) {
      all.add(
          bench.client.sendAsync(
              bench.post("/v1/chat/completions", body), BodyHandlers.ofString()));
    }
    for (int i = 0; i < bodies.size(); i++) {
      HttpResponse<String> response = all.get(i).get();
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(content(Bench.JSON.readTree(response.body()))).isEqualTo(alone.get(i));
    }
  }

  @Test
  void askingAgainUsesWhatIsKnown() throws Exception {
    String body = chat("", bench.user(5, "Is it day or night?"));
    bench.chatted(body);
    JsonNode again = bench.chatted(body);
    assertThat(again.path("usage").path("prompt_tokens_details").path("cached_tokens").intValue())
        .isEqualTo(again.path("usage").path("prompt_tokens").intValue() - 1);
    String metrics = bench.get("/metrics").body();
    assertThat(metrics).contains("lorgnette_image_cache_total{result=\"hit\"}");
    assertThat(metrics)
        .containsPattern(
            "gen_ai_server_request_duration_seconds_count\\{.*\"chat\".*\"200\".*\\} [1-9]");
    assertThat(metrics).contains("gen_ai_server_time_to_first_token_seconds_bucket");
    assertThat(metrics).doesNotContain("day or night");
  }

  @Test
  void captionsComeWithTheirScores() throws Exception {
    JsonNode got =
        bench.ask(
            "/v1/captions", "{\"images\":[\"" + bench.url(0) + "\",\"" + bench.url(1) + "\"]}");
    assertThat(got.path("data")).hasSize(2);
    assertThat(got.path("model").textValue()).isEqualTo("captions");
    for (int i = 0; i < 2; i++) {
      var expected = bench.captions.caption(bench.image(i));
      JsonNode caption = got.path("data").path(i);
      assertThat(caption.path("caption").textValue()).isEqualTo(expected.text());
      assertThat(caption.path("score").doubleValue()).isCloseTo(expected.score(), within(1e-4));
      assertThat(caption.path("complete").booleanValue()).isTrue();
    }
  }

  @Test
  void aQuestionNeedsNoImage() throws Exception {
    JsonNode got = bench.chatted(chat("", said("user", QUESTION)));
    assertThat(content(got)).isNotNull();
    assertThat(got.path("usage").path("prompt_tokens_details").path("image_tokens").intValue())
        .isZero();
  }
}
