package io.lorgnette.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a handler of one answer as LangChain4j has it: what a handler throws is told to itself as
 * an error, and the answer goes on; what it throws then is logged. Belongs to the answer's thread,
 * but for its end, which any thread may ask for.
 */
final class Telling implements StreamingHandle {

  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  /** Ends the making of an answer that nobody wants any more. */
  private static final class Unwanted extends RuntimeException {
    Unwanted() {
      super("the answer was cancelled", null, false, false);
    }
  }

  private final StreamingChatResponseHandler handler;
  private volatile boolean cancelled;

  Telling(StreamingChatResponseHandler handler) {
    this.handler = handler;
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Lets an answer be made and tells of it.
   *
   * @param making is given who hears of the pieces
   */
  void tell(Function<Consumer<String>, ChatResponse> making) {
    ChatResponse response;
    try {
      response = making.apply(this::piece);
    } catch (Unwanted e) {
      return;
    } catch (RuntimeException | OutOfMemoryError e) {
      failed(e);
      return;
    }
    if (!cancelled) {
      guarded(() -> handler.onCompleteResponse(response));
    }
  }

  private void piece(String text) {
    if (!cancelled) {
      PartialResponseContext context = new PartialResponseContext(this);
      guarded(() -> handler.onPartialResponse(new PartialResponse(text), context));
    }
    if (cancelled) {
      throw new Unwanted();
    }
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void failed(Throwable reason) {
    try {
      handler.onError(reason);
    } catch (RuntimeException e) {
      LOG.warn("a handler of a streamed answer failed while it was told of a failure", e);
    }
  }
}
