package io.lorgnette.examples;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.langchain4j.LorgnetteChatModel;
import java.util.Base64;

/**
 * An AI service of LangChain4j that looks at an uploaded image: what it says comes from two
 * connectors between one frozen pair.
 */
public final class PhotoAssistant {

  /** What the service can do; LangChain4j writes the class. */
  interface Service {
    String ask(@UserMessage String question, @UserMessage ImageContent image);
  }

  private final ChatModel captions;
  private final Service service;

  /**
   * A service.
   *
   * @param captions describes; stays the caller's to close
   * @param answers answers questions; stays the caller's to close
   */
  public PhotoAssistant(VisionLanguageModel captions, VisionLanguageModel answers) {
    this.captions = LorgnetteChatModel.builder().model("captions", captions).build();
    this.service =
        AiServices.create(
            Service.class, LorgnetteChatModel.builder().model("answers", answers).build());
  }

  /**
   * A sentence about an image: a message without words is captioned.
   *
   * @param upload the image's file
   * @param type as the browser names it, {@code image/jpeg}
   */
  public String describe(byte[] upload, String type) {
    return captions
        .chat(dev.langchain4j.data.message.UserMessage.from(content(upload, type)))
        .aiMessage()
        .text();
  }

  /** An answer to a question about an image. */
  public String ask(byte[] upload, String type, String question) {
    return service.ask(question, content(upload, type));
  }

  private static ImageContent content(byte[] upload, String type) {
    return ImageContent.from(Base64.getEncoder().encodeToString(upload), type);
  }
}
