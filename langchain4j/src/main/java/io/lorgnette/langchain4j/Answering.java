package io.lorgnette.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** What the two kinds of chat models share. Immutable; safe for use by several threads. */
final class Answering {

  private final Map<String, VisionLanguageModel> models;
  private final LorgnetteChatRequestParameters defaults;
  private final List<ChatModelListener> listeners;
  private final Pictures pictures;

  Answering(
      Map<String, VisionLanguageModel> models,
      LorgnetteChatRequestParameters parameters,
      List<ChatModelListener> listeners,
      Pictures pictures) {
    if (models.isEmpty()) {
      throw new IllegalArgumentException("a chat model needs a model; give the builder one");
    }
    Conversation.check(parameters);
    this.models = new LinkedHashMap<>(models);
    this.listeners = listeners;
    this.pictures = pictures;
    String first = models.keySet().iterator().next();
    this.defaults =
        LorgnetteChatRequestParameters.builder().modelName(first).overrideWith(parameters).build();
    config(defaults);
    model(defaults.modelName());
  }

  LorgnetteChatRequestParameters defaults() {
    return defaults;
  }

  List<ChatModelListener> listeners() {
    return listeners;
  }

  /**
   * A request that can be answered, but for its images, which are not looked at yet.
   *
   * @param config how words are chosen
   */
  record Asked(ChatRequest request, VisionLanguageModel model, GenerationConfig config) {}

  /**
   * Checks a request.
   *
   * @throws dev.langchain4j.exception.UnsupportedFeatureException if it asks for what no model here
   *     has
   * @throws ModelNotFoundException if there is no model of this name
   * @throws InvalidRequestException if a value is out of range
   */
  Asked check(ChatRequest request) {
    Conversation.check(request.parameters());
    Conversation.check(request.messages(), pictures);
    try {
      return new Asked(
          request,
          model(request.parameters().modelName()),
          Conversation.config(request.parameters()));
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  private static void config(LorgnetteChatRequestParameters parameters) {
    GenerationConfig unused = Conversation.config(parameters);
  }

  private VisionLanguageModel model(String name) {
    VisionLanguageModel model = models.get(name);
    if (model == null) {
      throw new ModelNotFoundException(
          "there is no model "
              + name
              + " here; there are "
              + String.join(", ", models.keySet())
              + " (modelName)");
    }
    return model;
  }

  /**
   * Answers.
   *
   * @param hearer as of {@link VisionLanguageModel#chat(List, GenerationConfig, Consumer)}
   * @throws InvalidRequestException if an image can not be read, or there is no room for an answer
   * @throws IllegalStateException if the model is closed
   */
  ChatResponse answer(Asked asked, Consumer<String> hearer) {
    Reply reply;
    try {
      reply =
          asked
              .model()
              .chat(
                  Conversation.messages(asked.request().messages(), pictures),
                  asked.config(),
                  hearer);
    } catch (InputException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
    return ChatResponse.builder()
        .aiMessage(AiMessage.from(reply.text()))
        .metadata(
            ChatResponseMetadata.builder()
                .id("lorgnette-" + UUID.randomUUID())
                .modelName(asked.request().parameters().modelName())
                .tokenUsage(new TokenUsage(reply.promptTokens(), reply.tokens()))
                .finishReason(reply.complete() ? FinishReason.STOP : FinishReason.LENGTH)
                .build())
        .build();
  }
}
