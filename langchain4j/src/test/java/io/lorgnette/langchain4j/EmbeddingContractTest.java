package io.lorgnette.langchain4j;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.common.AbstractEmbeddingModelIT;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** LangChain4j's own contract of embedding models. */
@ExtendWith(SwitchedOff.class)
class EmbeddingContractTest extends AbstractEmbeddingModelIT {

  @Override
  protected List<EmbeddingModel> models() {
    return List.of(LorgnetteEmbeddingModel.builder().space(Bench.get().space).build());
  }

  @Override
  protected EmbeddingModel modelWith(EmbeddingModelListener listener) {
    return LorgnetteEmbeddingModel.builder()
        .space(Bench.get().space)
        .listeners(List.of(listener))
        .build();
  }

  @Override
  protected EmbeddingModel failingModelWith(EmbeddingModelListener listener) {
    JointEmbedder closed = JointEmbedder.load("closed", Pocket.clip(), Dtype.F32, Device.CPU);
    closed.close();
    return LorgnetteEmbeddingModel.builder().space(closed).listeners(List.of(listener)).build();
  }

  /** A postcard instead of the contract's photo, which would have to be fetched. */
  @Override
  protected ImageContent catImage() {
    return Bench.content(0);
  }

  @Override
  protected boolean supportsInputTypeParameter() {
    return false;
  }

  @Override
  protected boolean supportsDimensionsParameter() {
    return false;
  }

  @Override
  protected boolean supportsInterleavedInput() {
    return false;
  }

  /** Tokens are not counted: texts that are too long lose their end. */
  @Override
  protected boolean assertTokenUsage() {
    return false;
  }
}
