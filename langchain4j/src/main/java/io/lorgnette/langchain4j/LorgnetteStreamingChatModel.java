package io.lorgnette.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.spi.ServiceHelper;
import io.lorgnette.langchain4j.spi.LorgnetteStreamingChatModelBuilderFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * As {@link LorgnetteChatModel}, telling an answer while it grows. What no model here has is
 * refused at once; all else, failures among it, is told to the handler on another thread. A handler
 * may end its answer by the {@link dev.langchain4j.model.chat.response.StreamingHandle}; then
 * nothing more is told. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class LorgnetteStreamingChatModel implements StreamingChatModel {

  private static final Executor THREADS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "lorgnette-chat");
            thread.setDaemon(true);
            return thread;
          });

  private final Answering answering;
  private final Executor executor;

  private LorgnetteStreamingChatModel(Builder builder) {
    this.answering = builder.answering();
    this.executor = builder.executor;
  }

  /** A builder, made by a {@link LorgnetteStreamingChatModelBuilderFactory} if there is one. */
  public static Builder builder() {
    return ServiceHelper.loadFactories(LorgnetteStreamingChatModelBuilderFactory.class).stream()
        .findFirst()
        .map(LorgnetteStreamingChatModelBuilderFactory::get)
        .orElseGet(Builder::new);
  }

  /**
   * Builds {@link LorgnetteStreamingChatModel}. Belongs to one thread.
   *
   * @since 0.1
   */
  public static class Builder extends ChatModelBuilder<Builder> {

    private Executor executor = THREADS;

    /** For factories; others take {@link LorgnetteStreamingChatModel#builder}. */
    public Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** Runs an answer, one task for each; by default a daemon thread of its own. */
    public Builder executor(Executor value) {
      executor = value;
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
    public LorgnetteStreamingChatModel build() {
      return new LorgnetteStreamingChatModel(this);
    }
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    Answering.Asked asked = answering.check(request);
    executor.execute(() -> new Telling(handler).tell(hearer -> answering.answer(asked, hearer)));
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
