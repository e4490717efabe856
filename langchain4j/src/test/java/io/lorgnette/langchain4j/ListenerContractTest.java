package io.lorgnette.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.pocket.Pocket;
import java.util.List;

/** LangChain4j's own contract of who listens to a chat model. */
class ListenerContractTest extends AbstractChatModelListenerIT {

  @Override
  protected ChatModel createModel(ChatModelListener listener) {
    return Bench.chat()
        .temperature(temperature())
        .topP(topP())
        .maxOutputTokens(maxTokens())
        .listeners(List.of(listener))
        .build();
  }

  @Override
  protected String modelName() {
    return "answers";
  }

  @Override
  protected ChatModel createFailingModel(ChatModelListener listener) {
    return LorgnetteChatModel.builder()
        .model("closed", closed())
        .listeners(List.of(listener))
        .build();
  }

  /** A model that fails whatever it is asked. */
  static VisionLanguageModel closed() {
    VisionLanguageModel model = Bench.get().answers.beside(Pocket.connector("captions"));
    model.close();
    return model;
  }

  @Override
  protected Class<? extends Exception> expectedExceptionClass() {
    return IllegalStateException.class;
  }

  @Override
  protected boolean supportsTools() {
    return false;
  }
}
