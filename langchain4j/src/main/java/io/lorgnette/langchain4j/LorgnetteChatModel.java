package io.lorgnette.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.spi.ServiceHelper;
import io.lorgnette.langchain4j.spi.LorgnetteChatModelBuilderFactory;
import java.util.List;
import java.util.Set;

/**
 * Answers about images in this process. A message with an image and no text is captioned; earlier
 * questions and answers are shown to the model as examples.
 *
 * <p>What it does not have, tools and JSON answers among it, is refused by {@link
 * dev.langchain4j.exception.UnsupportedFeatureException}; what a caller can mend by {@link
 * dev.langchain4j.exception.InvalidRequestException}. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class LorgnetteChatModel implements ChatModel {

  private final Answering answering;

  private LorgnetteChatModel(Builder builder) {
    this.answering = builder.answering();
  }

  /** A builder, made by a {@link LorgnetteChatModelBuilderFactory} if there is one. */
  public static Builder builder() {
    return ServiceHelper.loadFactories(LorgnetteChatModelBuilderFactory.class).stream()
        .findFirst()
        .map(LorgnetteChatModelBuilderFactory::get)
        .orElseGet(Builder::new);
  }

  /**
   * Builds {@link LorgnetteChatModel}. Belongs to one thread.
   *
   * @since 0.1
   */
  public static class Builder extends ChatModelBuilder<Builder> {

    /** For factories; others take {@link LorgnetteChatModel#builder}. */
    public Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * The model.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the parameters ask for what
     *     no model here has
     * @throws dev.langchain4j.exception.ModelNotFoundException if none has the name that was set
     * @throws IllegalArgumentException if there is no model, or a value is out of range
     */
    public LorgnetteChatModel build() {
      return new LorgnetteChatModel(this);
    }
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    return answering.answer(answering.check(request), piece -> {});
  }

  @Override
  public LorgnetteChatRequestParameters defaultRequestParameters() {
    return answering.defaults();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return answering.listeners();
  }

  /** None: there is no JSON schema that these models keep to. */
  @Override
  public Set<Capability> supportedCapabilities() {
    return Set.of();
  }
}
