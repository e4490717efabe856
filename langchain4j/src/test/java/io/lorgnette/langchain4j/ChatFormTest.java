package io.lorgnette.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.lorgnette.VisionLanguageModel.Message;
import io.lorgnette.VisionLanguageModel.Shot;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Dialogue.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What LangChain4j gives and gets, without asking whether an answer is right. */
class ChatFormTest {

  private static final String QUESTION = "How many people are there?";
  private static final GenerationConfig GREEDY = GenerationConfig.greedy(128);

  private final Bench bench = Bench.get();
  private final ChatModel model = Bench.chat().build();

  private static UserMessage asked(Content image, String question) {
    return UserMessage.from(image, TextContent.from(question));
  }

  private String text(ChatMessage... messages) {
    return model.chat(messages).aiMessage().text();
  }

  private ChatResponse chat(ChatRequestParameters parameters, ChatMessage... messages) {
    return model.chat(ChatRequest.builder().messages(messages).parameters(parameters).build());
  }

  @Test
  void answersAsTheModelItself() {
    for (int card = 0; card < 3; card++) {
      ChatResponse response = model.chat(asked(Bench.content(card), QUESTION));
      assertThat(response.aiMessage().text())
          .isEqualTo(bench.answers.answer(Bench.image(card), QUESTION, List.of(), GREEDY).text())
          .isNotBlank();
      assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(response.modelName()).isEqualTo("answers");
      assertThat(response.tokenUsage().inputTokenCount())
          .isEqualTo(
              bench.answers.method().imageLength()
                  + bench.answers.method().prompts().question(QUESTION).length);
    }
  }

  @Test
  void theImageAloneChangesTheAnswer() {
    Set<String> said = new LinkedHashSet<>();
    for (int card = 0; card < bench.cards.size(); card++) {
      ChatRequestParameters captions = parameters().modelName("captions").build();
      UserMessage message = UserMessage.from(List.of(Bench.content(card)));
      said.add(chat(captions, message).aiMessage().text());
    }
    assertThat(said).hasSizeGreaterThan(3).allMatch(caption -> caption.endsWith("."));
  }

  @Test
  void anImageIsTheSameHoweverItComes() {
    String expected = text(asked(Bench.content(1), QUESTION));
    URI file = bench.cards.get(1).toUri();
    assertThat(file.getScheme()).isEqualTo("file");
    assertThat(text(asked(ImageContent.from(file), QUESTION))).isEqualTo(expected);
    String data = "data:image/jpeg;base64," + Bench.base64(1);
    assertThat(text(asked(ImageContent.from(data), QUESTION))).isEqualTo(expected);
    Image described = Image.builder().base64Data(Bench.base64(1)).mimeType("image/jpeg").build();
    assertThat(text(asked(ImageContent.from(described, ImageContent.DetailLevel.HIGH), QUESTION)))
        .isEqualTo(expected);
  }

  @Test
  void addressesAreFetchedByTheCallersFetcherAlone() {
    ImageContent far = ImageContent.from("https://example.org/card.jpg");
    assertThatThrownBy(() -> text(asked(far, QUESTION)))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("imageFetcher");
    List<URI> fetched = new ArrayList<>();
    ChatModel fetching =
        Bench.chat()
            .imageFetcher(
                address -> {
                  fetched.add(address);
                  return Files.readAllBytes(bench.cards.get(2));
                })
            .build();
    assertThat(fetching.chat(asked(far, QUESTION)).aiMessage().text())
        .isEqualTo(text(asked(Bench.content(2), QUESTION)));
    assertThat(fetched).containsExactly(far.image().url());
    ChatModel failing =
        Bench.chat()
            .imageFetcher(
                address -> {
                  throw new IOException("not allowed");
                })
            .build();
    assertThatThrownBy(() -> failing.chat(asked(far, QUESTION)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("https://example.org/card.jpg")
        .hasMessageContaining("not allowed");
    assertThatThrownBy(() -> text(asked(ImageContent.from("ftp://example.org/a.png"), QUESTION)))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("ftp");
  }

  @Test
  void whatIsNoImageIsRefusedInOneSentence() {
    String words = Base64.getEncoder().encodeToString("no image".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> text(asked(ImageContent.from(words, "image/png"), QUESTION)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the image in the message");
    assertThatThrownBy(() -> text(asked(ImageContent.from("data:image/png,abc"), QUESTION)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("base64");
    assertThatThrownBy(() -> text(asked(ImageContent.from("file:///no/such.png"), QUESTION)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("such.png");
  }

  @Test
  void severalImagesAreOneQuestion() {
    UserMessage both =
        UserMessage.from(Bench.content(0), Bench.content(1), TextContent.from(QUESTION));
    ChatResponse response = model.chat(both);
    Message same = new Message(Role.USER, List.of(Bench.image(0), Bench.image(1)), QUESTION);
    assertThat(response.aiMessage().text())
        .isEqualTo(bench.answers.chat(List.of(same), GREEDY).text());
    assertThat(response.tokenUsage().inputTokenCount())
        .isGreaterThan(2 * bench.answers.method().imageLength());
  }

  @Test
  void earlierTurnsAreShots() {
    String answer =
        text(
            asked(Bench.content(0), "Is it day?"),
            AiMessage.from("yes"),
            asked(Bench.content(1), QUESTION));
    assertThat(answer)
        .isEqualTo(
            bench
                .answers
                .answer(
                    Bench.image(1),
                    QUESTION,
                    List.of(new Shot(Bench.image(0), "Is it day?", "yes")),
                    GREEDY)
                .text());
  }

  @Test
  void aSystemMessageIsRead() {
    UserMessage user = asked(Bench.content(0), QUESTION);
    int without = model.chat(user).tokenUsage().inputTokenCount();
    int with = model.chat(SystemMessage.from("Be brief."), user).tokenUsage().inputTokenCount();
    assertThat(with - without)
        .isEqualTo(bench.answers.method().prompts().text("Be brief.").length)
        .isPositive();
  }

  private static LorgnetteChatRequestParameters.Builder parameters() {
    return LorgnetteChatRequestParameters.builder();
  }

  @Test
  void chanceIsTheSeeds() {
    UserMessage user = UserMessage.from(List.of(Bench.content(0)));
    Set<String> drawn = new LinkedHashSet<>();
    for (long seed = 0; seed < 4; seed++) {
      ChatRequestParameters hot =
          parameters()
              .modelName("captions")
              .seed(seed)
              .temperature(1.5)
              .topP(0.95)
              .topK(50)
              .build();
      String caption = chat(hot, user).aiMessage().text();
      assertThat(chat(hot, user).aiMessage().text()).isEqualTo(caption);
      drawn.add(caption);
    }
    assertThat(drawn).hasSizeGreaterThan(1);
    ChatRequestParameters cold = parameters().seed(1L).temperature(0.0).build();
    assertThat(chat(cold, asked(Bench.content(0), QUESTION)).aiMessage().text())
        .isEqualTo(text(asked(Bench.content(0), QUESTION)));
  }

  @Test
  void anAnswerEndsAtAStopSequenceAndAtItsLength() {
    UserMessage user = UserMessage.from(List.of(Bench.content(0)));
    ChatResponse whole = chat(parameters().modelName("captions").build(), user);
    String[] words = whole.aiMessage().text().split(" ", -1);
    String stop = " " + words[2];
    ChatResponse stopped =
        chat(parameters().modelName("captions").stopSequences(List.of(stop)).build(), user);
    assertThat(stopped.aiMessage().text())
        .isEqualTo(whole.aiMessage().text().substring(0, whole.aiMessage().text().indexOf(stop)))
        .isNotEmpty();
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    ChatResponse cut = chat(parameters().modelName("captions").maxOutputTokens(3).build(), user);
    assertThat(whole.aiMessage().text()).startsWith(cut.aiMessage().text());
    assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(cut.tokenUsage().outputTokenCount()).isEqualTo(3);
  }

  @Test
  void parametersThatNoModelHasAreRefusedByName() {
    UserMessage user = UserMessage.from(QUESTION);
    assertThatThrownBy(() -> chat(parameters().frequencyPenalty(0.5).build(), user))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("frequencyPenalty");
    assertThatThrownBy(() -> chat(parameters().presencePenalty(0.5).build(), user))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("presencePenalty");
    assertThat(chat(parameters().presencePenalty(0.0).build(), user).aiMessage()).isNotNull();
    assertThatThrownBy(
            () ->
                Bench.chat()
                    .defaultRequestParameters(
                        ChatRequestParameters.builder().frequencyPenalty(1.0).build())
                    .build())
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("frequencyPenalty");
    assertThatThrownBy(() -> chat(parameters().temperature(-1.0).build(), user))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("temperature");
    assertThatThrownBy(() -> chat(parameters().modelName("other").build(), user))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("other")
        .hasMessageContaining("answers, captions");
  }

  @Test
  void messagesThatNoModelUnderstandsAreRefused() {
    AudioContent sound = AudioContent.from(Audio.builder().url("https://example.org/a").build());
    assertThatThrownBy(() -> text(UserMessage.from(sound)))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("audio");
    assertThatThrownBy(
            () ->
                text(
                    UserMessage.from(QUESTION), ToolExecutionResultMessage.from("1", "count", "2")))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("TOOL_EXECUTION_RESULT");
    assertThatThrownBy(() -> text(UserMessage.from("a ".repeat(5000))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("shorten it");
  }

  @Test
  void aBuilderNeedsAModelThatItHas() {
    assertThatIllegalArgumentException().isThrownBy(() -> LorgnetteChatModel.builder().build());
    assertThatThrownBy(() -> Bench.chat().modelName("other").build())
        .isInstanceOf(ModelNotFoundException.class);
  }

  @Test
  void whatARequestNamesGoesBeforeWhatTheBuilderSays() {
    LorgnetteChatModel built =
        Bench.chat().modelName("captions").seed(7L).temperature(0.5).maxOutputTokens(9).build();
    LorgnetteChatRequestParameters merged =
        built
            .defaultRequestParameters()
            .overrideWith(ChatRequestParameters.builder().temperature(0.9).build());
    assertThat(merged.seed()).isEqualTo(7);
    assertThat(merged.temperature()).isEqualTo(0.9);
    assertThat(merged.maxOutputTokens()).isEqualTo(9);
    assertThat(merged.modelName()).isEqualTo("captions");
    assertThat(merged.defaultedBy(parameters().seed(1L).topK(3).build()))
        .isEqualTo(
            parameters()
                .modelName("captions")
                .seed(7L)
                .temperature(0.9)
                .maxOutputTokens(9)
                .topK(3)
                .build());
  }
}
