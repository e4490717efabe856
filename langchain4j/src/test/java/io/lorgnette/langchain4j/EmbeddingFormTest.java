package io.lorgnette.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts and images in one space. */
class EmbeddingFormTest {

  private final Bench bench = Bench.get();
  private final LorgnetteEmbeddingModel model =
      LorgnetteEmbeddingModel.builder().space(bench.space).build();

  @Test
  void vectorsAreThoseOfTheSpace() {
    float[] text = bench.space.texts(List.of("A dog runs."))[0];
    assertThat(model.embed("A dog runs.").content().vector()).isEqualTo(text);
    float[][] images = bench.space.images(List.of(Bench.image(0), Bench.image(1)));
    List<Embedding> embedded = model.embedImages(List.of(Bench.image(0), Bench.image(1)));
    assertThat(embedded.get(0).vector()).isEqualTo(images[0]);
    assertThat(embedded.get(1).vector()).isEqualTo(images[1]).isNotEqualTo(images[0]);
    assertThat(model.dimension()).isEqualTo(text.length).isEqualTo(images[0].length);
    assertThat(model.modelName()).isEqualTo("pocket-clip");
  }

  @Test
  void textsAndImagesOfOneRequestKeepTheirOrder() {
    List<Embedding> mixed =
        model
            .embed(
                EmbeddingRequest.builder()
                    .inputs(
                        List.of(
                            EmbeddingInput.from(Bench.content(0)),
                            EmbeddingInput.from("A dog runs."),
                            EmbeddingInput.from(Bench.content(1))))
                    .build())
            .embeddings();
    assertThat(mixed.get(1)).isEqualTo(model.embed("A dog runs.").content());
    List<Embedding> images = model.embedImages(List.of(Bench.image(0), Bench.image(1)));
    assertThat(mixed.get(0)).isEqualTo(images.get(0));
    assertThat(mixed.get(2)).isEqualTo(images.get(1));
  }

  @Test
  void anInputIsATextOrAnImage() {
    EmbeddingInput both = EmbeddingInput.from(TextContent.from("A dog."), Bench.content(0));
    assertThatThrownBy(() -> model.embed(EmbeddingRequest.builder().inputs(List.of(both)).build()))
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessageContaining("several contents");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LorgnetteEmbeddingModel.builder().build());
  }
}
