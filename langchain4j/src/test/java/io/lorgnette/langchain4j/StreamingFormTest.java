package io.lorgnette.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams: the answers run on the caller's thread here, so each test sees all that is told. */
class StreamingFormTest {

  private final RuntimeException ours = new IllegalStateException("of the handler");

  private final List<String> heard = new ArrayList<>();

  /** Writes down what it is told. */
  private static class Noting implements StreamingChatResponseHandler {

    final List<String> pieces = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    ChatResponse response;

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
      pieces.add(piece.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
      response = complete;
    }

    @Override
    public void onError(Throwable error) {
      errors.add(error);
    }
  }

  private final ChatModelListener listener =
      new ChatModelListener() {
        @Override
        public void onRequest(ChatModelRequestContext context) {
          heard.add("request");
        }

        @Override
        public void onResponse(ChatModelResponseContext context) {
          heard.add("response");
        }

        @Override
        public void onError(ChatModelErrorContext context) {
          heard.add("error");
        }
      };

  private LorgnetteStreamingChatModel model() {
    return Bench.streaming()
        .modelName("captions")
        .executor(Runnable::run)
        .listeners(List.of(listener))
        .build();
  }

  private static List<ChatMessage> photo() {
    return List.of(UserMessage.from(List.of(Bench.content(0))));
  }

  @Test
  void thePiecesAreTheAnswer() {
    Noting handler = new Noting();
    model().chat(photo(), handler);
    assertThat(handler.pieces).hasSizeGreaterThan(3);
    assertThat(String.join("", handler.pieces)).isEqualTo(handler.response.aiMessage().text());
    assertThat(handler.response.aiMessage().text())
        .isEqualTo(Bench.chat().modelName("captions").build().chat(photo()).aiMessage().text());
    assertThat(handler.errors).isEmpty();
    assertThat(heard).containsExactly("request", "response");
  }

  @Test
  void aCancelledAnswerIsNeitherCompleteNorWrong() {
    Noting handler =
        new Noting() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            super.onPartialResponse(piece, context);
            if (pieces.size() == 2) {
              context.streamingHandle().cancel();
              context.streamingHandle().cancel();
              assertThat(context.streamingHandle().isCancelled()).isTrue();
            }
          }
        };
    model().chat(photo(), handler);
    assertThat(handler.pieces).hasSize(2);
    assertThat(handler.response).isNull();
    assertThat(handler.errors).isEmpty();
    assertThat(heard).containsExactly("request");
  }

  @Test
  void aHandlerThatFailsIsToldSoAndTheAnswerGoesOn() {
    Noting handler =
        new Noting() {
          @Override
          public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            super.onPartialResponse(piece, context);
            throw ours;
          }
        };
    model().chat(photo(), handler);
    assertThat(handler.pieces).hasSizeGreaterThan(3);
    assertThat(handler.errors).hasSameSizeAs(handler.pieces).allMatch(error -> error == ours);
    assertThat(handler.response.aiMessage().text()).isEqualTo(String.join("", handler.pieces));
    assertThat(heard).contains("request", "error", "response");
  }

  @Test
  void aHandlerThatFailsAtTheEndIsToldSo() {
    Noting handler =
        new Noting() {
          @Override
          public void onCompleteResponse(ChatResponse complete) {
            super.onCompleteResponse(complete);
            throw ours;
          }

          @Override
          public void onError(Throwable error) {
            super.onError(error);
            throw new IllegalStateException("once more");
          }
        };
    model().chat(photo(), handler);
    assertThat(handler.response).isNotNull();
    assertThat(handler.errors).containsExactly(ours);
    assertThat(heard).containsExactly("request", "response", "error");
  }

  @Test
  void whatFailsIsToldTheHandler() {
    Noting handler = new Noting();
    model().chat(List.of(UserMessage.from("a ".repeat(5000))), handler);
    assertThat(handler.errors).singleElement().isInstanceOf(InvalidRequestException.class);
    assertThat(handler.response).isNull();
    assertThat(heard).containsExactly("request", "error");
  }

  @Test
  void whatIsNotSupportedIsRefusedAtOnce() {
    Noting handler = new Noting();
    ChatRequest request =
        ChatRequest.builder()
            .messages(UserMessage.from("Hello"))
            .parameters(LorgnetteChatRequestParameters.builder().presencePenalty(1.0).build())
            .build();
    assertThatThrownBy(() -> model().chat(request, handler))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("presencePenalty");
    assertThat(handler.errors).isEmpty();
  }
}
