package io.lorgnette.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.serve.LorgnetteServer;
import io.lorgnette.serve.RequestLog;
import io.lorgnette.serve.ServedModel;
import io.lorgnette.serve.ServedSpace;
import io.lorgnette.serve.ServerConfig;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** LangChain4j's OpenAI client, which knows nothing of us, against our server. */
class OpenAiClientTest {

  private static final String QUESTION = "How many people are there?";

  private static LorgnetteServer server;
  private static DualEncoder towers;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void start() {
    Bench bench = Bench.get();
    towers = DualEncoder.load(Pocket.clip(), Dtype.F32, Device.CPU);
    tokenizer = Tokenizer.load(Pocket.clip());
    ServedModel answers = served("answers", bench.answers);
    ServedModel captions = served("captions", bench.captions);
    server =
        LorgnetteServer.start(
            List.of(answers, captions),
            captions,
            Optional.of(new ServedSpace("pocket-clip", towers, tokenizer)),
            ServerConfig.local(0),
            null,
            RequestLog.NONE);
  }

  private static ServedModel served(String id, VisionLanguageModel model) {
    return new ServedModel(id, model);
  }

  @AfterAll
  static void stop() {
    server.close();
    towers.close();
    tokenizer.close();
  }

  private static String base() {
    return server.uri().resolve("/v1").toString();
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder chat() {
    return OpenAiChatModel.builder().baseUrl(base()).apiKey("none").modelName("answers");
  }

  private static UserMessage asked(int card) {
    return UserMessage.from(TextContent.from(QUESTION), Bench.content(card));
  }

  @Test
  void aChatWithAnImageSaysWhatTheModelSaysInProcess() {
    ChatResponse response = chat().build().chat(SystemMessage.from("Be brief."), asked(0));
    ChatResponse here = Bench.chat().build().chat(SystemMessage.from("Be brief."), asked(0));
    assertThat(response.aiMessage().text()).isEqualTo(here.aiMessage().text()).isNotBlank();
    assertThat(response.modelName()).isEqualTo("answers");
    assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(response.tokenUsage()).isInstanceOf(OpenAiTokenUsage.class);
    assertThat(response.tokenUsage().inputTokenCount())
        .isEqualTo(here.tokenUsage().inputTokenCount());
    assertThat(response.tokenUsage().outputTokenCount())
        .isEqualTo(here.tokenUsage().outputTokenCount());
  }

  @Test
  void aStreamIsTheSameAnswer() throws Exception {
    List<String> pieces = new ArrayList<>();
    CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(base())
        .apiKey("none")
        .modelName("captions")
        .build()
        .chat(
            List.of(UserMessage.from(List.of(Bench.content(1)))),
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String piece) {
                pieces.add(piece);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                complete.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                complete.completeExceptionally(error);
              }
            });
    ChatResponse response = complete.get(60, TimeUnit.SECONDS);
    String here =
        Bench.chat()
            .modelName("captions")
            .build()
            .chat(UserMessage.from(List.of(Bench.content(1))))
            .aiMessage()
            .text();
    assertThat(response.aiMessage().text()).isEqualTo(here).endsWith(".");
    assertThat(String.join("", pieces)).isEqualTo(here);
    assertThat(pieces).hasSizeGreaterThan(3);
    assertThat(response.tokenUsage().outputTokenCount()).isPositive();
  }

  @Test
  void settingsArriveAndErrorsAreUnderstood() {
    ChatResponse cut = chat().maxTokens(1).seed(3).temperature(0.7).build().chat(asked(0));
    assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.tokenUsage().outputTokenCount()).isEqualTo(1);
    assertThatThrownBy(() -> chat().modelName("other").maxRetries(0).build().chat(asked(0)))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("there is no model other here");
    assertThatThrownBy(() -> chat().frequencyPenalty(1.0).maxRetries(0).build().chat(asked(0)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("frequency_penalty");
  }

  @Test
  void theModelsAreListed() {
    List<String> names =
        OpenAiModelCatalog.builder().baseUrl(base()).apiKey("none").build().listModels().stream()
            .map(ModelDescription::name)
            .toList();
    assertThat(names).contains("answers", "captions");
  }

  @Test
  void textsAreEmbeddedAsInProcess() {
    float[] vector =
        OpenAiEmbeddingModel.builder()
            .baseUrl(base())
            .apiKey("none")
            .modelName("pocket-clip")
            .build()
            .embed("A dog runs on the grass.")
            .content()
            .vector();
    assertThat(vector).isEqualTo(Bench.get().space.texts(List.of("A dog runs on the grass."))[0]);
  }
}
