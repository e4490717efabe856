package io.lorgnette.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import io.lorgnette.VisionLanguageModel.Message;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Dialogue.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** LangChain4j's messages and parameters in our words, and what of them we do not have. */
final class Conversation {

  private static final int DEFAULT_TOKENS = 128;

  private Conversation() {}

  /**
   * Refuses parameters that no model here has.
   *
   * @throws UnsupportedFeatureException naming the first
   */
  static void check(ChatRequestParameters parameters) {
    if (parameters.toolChoice() == ToolChoice.REQUIRED) {
      throw unsupported("ToolChoice.REQUIRED");
    }
    if (!parameters.toolSpecifications().isEmpty()) {
      throw unsupported("tools are", "toolSpecifications");
    }
    if (parameters.responseFormat() != null
        && parameters.responseFormat().type() == ResponseFormatType.JSON) {
      throw unsupported("a JSON response format is", "responseFormat");
    }
    checkPenalty("frequencyPenalty", parameters.frequencyPenalty());
    checkPenalty("presencePenalty", parameters.presencePenalty());
  }

  private static void checkPenalty(String name, Double penalty) {
    if (penalty != null && penalty != 0) {
      throw unsupported(name);
    }
  }

  private static UnsupportedFeatureException unsupported(String name) {
    return unsupported(name + " is", name);
  }

  private static UnsupportedFeatureException unsupported(String subject, String name) {
    return new UnsupportedFeatureException(
        subject + " not supported by Lorgnette's models; leave " + name + " out");
  }

  /**
   * Refuses messages that no model here understands.
   *
   * @throws UnsupportedFeatureException naming what it is
   */
  static void check(List<ChatMessage> messages, Pictures pictures) {
    for (ChatMessage message : messages) {
      if (message instanceof UserMessage user) {
        user.contents().forEach(content -> check(content, pictures));
      } else if (message instanceof AiMessage ai) {
        if (ai.hasToolExecutionRequests()) {
          throw unsupported("tools are", "toolExecutionRequests");
        }
      } else if (!(message instanceof SystemMessage)) {
        throw new UnsupportedFeatureException(
            "messages of type "
                + message.type()
                + " are not supported by Lorgnette's models; send system, user and AI messages");
      }
    }
  }

  private static void check(Content content, Pictures pictures) {
    if (content instanceof ImageContent image) {
      pictures.check(image.image());
    } else if (!(content instanceof TextContent)) {
      throw new UnsupportedFeatureException(
          "content of type "
              + content.type().name().toLowerCase(Locale.ROOT)
              + " is not supported by Lorgnette's models; send texts and images");
    }
  }

  /** The messages, with their images decoded. */
  static List<Message> messages(List<ChatMessage> messages, Pictures pictures) {
    List<Message> all = new ArrayList<>();
    for (ChatMessage message : messages) {
      if (message instanceof SystemMessage system) {
        all.add(Message.of(Role.SYSTEM, system.text()));
      } else if (message instanceof AiMessage ai) {
        all.add(Message.of(Role.ASSISTANT, ai.text() == null ? "" : ai.text()));
      } else {
        all.add(user((UserMessage) message, pictures));
      }
    }
    return all;
  }

  private static Message user(UserMessage message, Pictures pictures) {
    List<RgbImage> images = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (Content content : message.contents()) {
      if (content instanceof ImageContent image) {
        images.add(pictures.read(image.image()));
      } else {
        texts.add(((TextContent) content).text());
      }
    }
    return new Message(Role.USER, images, String.join("\n", texts));
  }

  /**
   * How words are chosen: greedily, unless the parameters ask for chance in some way.
   *
   * @throws IllegalArgumentException naming the first value that is out of range
   */
  static GenerationConfig config(ChatRequestParameters parameters) {
    Integer most = parameters.maxOutputTokens();
    Long seed = parameters instanceof LorgnetteChatRequestParameters ours ? ours.seed() : null;
    return GenerationConfig.greedy(most == null ? DEFAULT_TOKENS : most)
        .withStop(parameters.stopSequences().toArray(String[]::new))
        .withSampling(
            Sampling.wanted(
                parameters.temperature(), parameters.topK(), parameters.topP(), seed, false));
  }
}
