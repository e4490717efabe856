package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BLIP-2's second stage goes on with what the first has learned. */
class Blip2StagesTest {

  private static final QFormerSizes SIZES = new QFormerSizes(3, 24, 2, 4, 48, 2, 0);
  private static final String RECIPE =
      "qformer: {queries: 3, width: 24, layers: %d, heads: 4, hidden: 48, dropout: 0}";

  @TempDir Path folder;

  private static MethodConfig config(int layers) {
    return RecipeReader.readText(
            RECIPE.formatted(layers), "test", List.of(), MethodKind.BLIP2::config)
        .value();
  }

  private static Blip2Stage1 firstStage() {
    TextSide text = new TextSide(50, 12);
    return new Blip2Stage1Config(SIZES.between(TinyBackbones.WIDTH, text), 16)
        .create(7, Device.CPU);
  }

  private Path write(Blip2Stage1 model, EncoderSpec encoder) {
    Path file = folder.resolve("stage1.safetensors");
    new Blip2Origin(model.config(), encoder, "tokenizer", "recipe", 3, "test").save(file, model);
    return file;
  }

  @Test
  void startsWithItsQueriesAndANewLinearMap() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = new TinyBackbones(1);
        Blip2Stage1 first = firstStage();
        Checkpoint file = Checkpoint.open(write(first, tiny.get().encoder()));
        Method second = config(2).startFrom(file, tiny.get(), 5).orElseThrow();
        Method drawn = config(2).start(tiny.get(), 5)) {
      assertThat(second.trained().names()).isEqualTo(drawn.trained().names());
      Tensor features = TinyBackbones.features(2, 3);
      Tensor queries = first.see(features);
      Tensor expected =
          queries
              .matmul(drawn.trained().get("out.weight").t())
              .add(drawn.trained().get("out.bias"));
      assertThat(Tensors.toFloats(second.see(features)))
          .containsExactly(Tensors.toFloats(expected), within(1e-6f));
      assertThat(Tensors.toFloats(drawn.see(features)))
          .isNotEqualTo(Tensors.toFloats(second.see(features)));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Blip2Stage1 first = firstStage()) {
      EncoderSpec other = new EncoderSpec("other-eyes", "random:9", "none", 20, 5, 1000);
      try (Checkpoint file = Checkpoint.open(write(first, other))) {
        assertThatThrownBy(() -> config(2).startFrom(file, tiny.get(), 5))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("was trained on features of other-eyes (random:9)")
            .hasMessageContaining("the recipe has tiny-encoder");
      }
      try (Checkpoint file = Checkpoint.open(write(first, tiny.get().encoder()))) {
        assertThatThrownBy(() -> config(3).startFrom(file, tiny.get(), 5))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("stage1.safetensors")
            .hasMessageContaining("Qformer.bert.encoder.layer.2.");
      }
    }
  }

  /** LAVIS' own files do not tell what they were trained on. */
  @Test
  void aReleasedFileIsTaken() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Blip2Stage1 first = firstStage()) {
      Path file = folder.resolve("released.safetensors");
      first.save(file, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file);
          Method second = config(2).startFrom(checkpoint, tiny.get(), 5).orElseThrow()) {
        assertThat(Tensors.toFloats(second.trained().get("queries")))
            .isEqualTo(Tensors.toFloats(first.parameters().get("queries")));
      }
    }
  }

  @Test
  void aConnectorIsNoFirstStage() {
    try (TinyBackbones tiny = new TinyBackbones(1);
        Method second = config(2).start(tiny.get(), 5)) {
      Path file = folder.resolve("connector.safetensors");
      ConnectorCheckpoint.save(file, second, "recipe", 1, "test");
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(config(2).startFrom(checkpoint, tiny.get(), 5)).isEmpty();
      }
    }
  }
}
