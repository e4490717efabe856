package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Saving and loading as a pair. */
class ConnectorCheckpointTest {

  @TempDir Path folder;

  @Test
  void comesBackAsItWent() {
    Path file = folder.resolve("connector.safetensors");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Method method = new MaplBlind.Config(TinyBackbones.sizes(0.25)).start(tiny.get(), 7)) {
      ConnectorCheckpoint.save(file, method, "abc", 12, "0.1");
      ConnectorOrigin origin = ConnectorCheckpoint.origin(file);
      assertThat(origin)
          .isEqualTo(
              new ConnectorOrigin(
                  new MaplBlind.Config(TinyBackbones.sizes(0.25)),
                  tiny.get().pair(),
                  "abc",
                  12,
                  "0.1"));
      try (Method loaded = ConnectorCheckpoint.load(file, tiny.get())) {
        assertThat(loaded).isInstanceOf(MaplBlind.class);
        assertThat(loaded.config()).isEqualTo(method.config());
        assertThat(loaded.trained().names()).isEqualTo(method.trained().names());
        loaded
            .trained()
            .asMap()
            .forEach(
                (name, tensor) ->
                    assertThat(Tensors.toFloats(tensor))
                        .as(name)
                        .isEqualTo(Tensors.toFloats(method.trained().get(name))));
      }
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(checkpoint.names())
            .contains("const", "transformer.layers.1.self_attn.in_proj_weight");
      }
    }
  }

  @Test
  void refusesAnotherPairInOneSentence() {
    Path file = folder.resolve("connector.safetensors");
    try (TinyBackbones tiny = new TinyBackbones(1, "lm-one");
        TinyBackbones other = new TinyBackbones(2, "lm-two");
        Method method = Mapl.of(tiny.get(), TinyBackbones.mapper(7))) {
      ConnectorCheckpoint.save(file, method, "abc", 12, "0.1");
      assertThatThrownBy(() -> ConnectorCheckpoint.load(file, other.get()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("was trained between tiny-encoder")
          .hasMessageContaining("lm-one (random:1, width 24)")
          .hasMessageContaining("lm-two (random:2, width 24)")
          .hasMessageContaining("train a new connector");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "random:9, resize 8, 20, 5",
    "random:1, resize 9, 20, 5",
    "random:1, resize 8, 20, 6"
  })
  void refusesAnotherEncoderOrProcessor(String identity, String processor, int width, int tokens) {
    Path file = folder.resolve("connector.safetensors");
    try (TinyBackbones tiny = new TinyBackbones(1);
        Method method = Mapl.of(tiny.get(), TinyBackbones.mapper(7))) {
      ConnectorCheckpoint.save(file, method, "abc", 12, "0.1");
      EncoderSpec encoder = new EncoderSpec("eyes", identity, processor, width, tokens, 1000);
      Backbones given = Backbones.of(encoder, "tiny-lm", tiny.get().lm(), tiny.get().tokenizer());
      assertThatThrownBy(() -> ConnectorCheckpoint.load(file, given))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("to run between eyes (" + identity);
    }
  }

  @Test
  void readsAReleasedFileOnlyWhenToldThatItCanNotBeChecked() {
    Path file = Golden.resource("goldens/mappers/mapl.weights.safetensors");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1)) {
      assertThatThrownBy(() -> ConnectorCheckpoint.load(file, tiny.get()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("does not say which models it was trained between");
      try (Method method = ConnectorCheckpoint.loadReleasedUnchecked(file, tiny.get(), 8)) {
        Golden golden = Golden.open("goldens/mappers", "mapl.golden.safetensors");
        Tensor input = Tensors.ofFloats(golden.floats("input"), golden.shape("input"));
        float[] output = Tensors.toFloats(method.see(input));
        float[] expected = golden.floats("output");
        for (int i = 0; i < output.length; i++) {
          assertThat(Math.abs(output[i] - expected[i])).isLessThan(1e-4f);
        }
      }
      EncoderSpec wide = new EncoderSpec("wide", "x", "y", 21, 5, 1);
      Backbones other = Backbones.of(wide, "lm", tiny.get().lm(), tiny.get().tokenizer());
      assertThatThrownBy(() -> ConnectorCheckpoint.loadReleasedUnchecked(file, other, 8))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("features of width 20")
          .hasMessageContaining("wide has width 21");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "format_version | 1 | format 1 but this program reads format 2",
        "format_version | x | format_version = x",
        "method | clipcaps | 'clipcaps'",
        "sizes | {\"mapper\": {\"width\": wide}} | mapper.width",
        "sizes | {\"mapper\": {\"heads\": | header",
        "language | {\"width\":24} | language =",
        "step | many | step = many"
      })
  void namesWhatIsBrokenInTheHeader(String key, String value, String message) {
    Path file = folder.resolve("broken.safetensors");
    try (TinyBackbones tiny = new TinyBackbones(1);
        Method method = Mapl.of(tiny.get(), TinyBackbones.mapper(7))) {
      ConnectorCheckpoint.save(file, method, "abc", 12, "0.1");
      rewrite(file, key, value);
      assertThatThrownBy(() -> ConnectorCheckpoint.load(file, tiny.get()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining(message);
    }
  }

  private static void rewrite(Path file, String key, String value) {
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(file)) {
      Map<String, String> metadata = new HashMap<>(checkpoint.metadata());
      metadata.put(key, value);
      Map<String, Tensor> tensors = new HashMap<>();
      checkpoint
          .names()
          .forEach(n -> tensors.put(n, Tensors.to(checkpoint.get(n), Dtype.F32).clone()));
      Safetensors.write(file, tensors, metadata);
    }
  }
}
