package io.lorgnette.language;

import static io.lorgnette.language.Differences.assertClose;
import static io.lorgnette.language.Differences.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What releases of one model do differently: prefixes, buffers, a second copy of a tied matrix. */
class ReleasedFormsTest {

  @TempDir private Path folder;

  /** The tensors of a golden's checkpoint, to be changed and saved. */
  private static Map<String, Tensor> stored(Golden golden) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(golden.path("checkpoint"))) {
      checkpoint.names().forEach(name -> tensors.put(name, checkpoint.get(name).clone()));
    }
    return tensors;
  }

  private LanguageModel load(Golden golden, Map<String, Tensor> tensors) throws IOException {
    Files.copy(golden.path("checkpoint").resolve("config.json"), folder.resolve("config.json"));
    Safetensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
    return LanguageModel.load(folder, Dtype.F32, Device.CPU);
  }

  private static void assertLogits(LanguageModel lm, Golden golden) {
    assertClose(lm.logits(lm.hidden(lm.embed(longs(golden, "input_ids")))), golden, "logits");
  }

  private static Tensor buffer(long... shape) {
    return Tensors.zeros(Dtype.F32, Device.CPU, shape);
  }

  /** Saved from the class without a head, as older releases are; with the buffers of their time. */
  @ParameterizedTest
  @CsvSource({
    "gpt2, transformer., h.1.attn.bias, h.0.attn.masked_bias",
    "gpt-neo, transformer., h.1.attn.attention.bias, h.1.attn.attention.masked_bias",
    "opt, model., decoder.version, lm_head.weight",
    "llama3, model., layers.1.self_attn.rotary_emb.inv_freq, lm_head.weight"
  })
  void withoutPrefix(String family, String prefix, String buffer, String other) throws IOException {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<String, Tensor> bare = new LinkedHashMap<>();
      stored(golden)
          .forEach(
              (name, tensor) -> {
                assertThat(name).startsWith(prefix);
                bare.put(name.substring(prefix.length()), tensor);
              });
      bare.put(buffer, buffer(1, 1));
      bare.put(other, buffer(1));
      try (LanguageModel lm = load(golden, bare)) {
        assertLogits(lm, golden);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, transformer.h.1.attn.bias",
    "gpt-neo, transformer.h.1.attn.attention.masked_bias",
    "gpt-j, transformer.h.0.attn.masked_bias",
    "gpt-j, transformer.h.0.attn.bias",
    "opt, lm_head.weight",
    "opt-350m-like, model.decoder.version",
    "llama, model.layers.0.self_attn.rotary_emb.inv_freq",
    "llama, model.rotary_emb.inv_freq",
    "qwen2, lm_head.weight"
  })
  void withBuffersOrASecondCopyOfATiedMatrix(String family, String name) throws IOException {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<String, Tensor> tensors = stored(golden);
      assertThat(tensors.put(name, buffer(1))).isNull();
      try (LanguageModel lm = load(golden, tensors)) {
        assertLogits(lm, golden);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, transformer.h.1.ln_2.bias",
    "gpt-neo, transformer.h.1.attn.attention.out_proj.bias",
    "gpt-j, lm_head.bias",
    "gpt-j, lm_head.weight",
    "opt, model.decoder.final_layer_norm.weight",
    "opt-350m-like, model.decoder.project_out.weight",
    "llama, lm_head.weight",
    "qwen2, model.layers.1.self_attn.k_proj.bias",
    "qwen3, model.layers.1.self_attn.q_norm.weight"
  })
  void withoutATensor(String family, String name) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = stored(golden);
      assertThat(tensors.remove(name)).isNotNull();
      assertThatThrownBy(() -> load(golden, tensors).close())
          .isInstanceOf(InputException.class)
          .hasMessageContaining("missing 1 (" + name + ")");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-j, transformer.wpe.weight",
    "opt, model.decoder.project_in.weight",
    "llama, model.layers.0.self_attn.q_proj.bias",
    "llama, model.layers.0.self_attn.bias",
    "qwen2, model.layers.0.self_attn.q_norm.weight"
  })
  void withATensorOfAnotherModel(String family, String name) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = stored(golden);
      assertThat(tensors.put(name, buffer(3))).isNull();
      assertThatThrownBy(() -> load(golden, tensors).close())
          .isInstanceOf(InputException.class)
          .hasMessageContaining("unknown 1 (" + name + ")");
    }
  }

  /** A model whose head is its own can not be put together from a file without it. */
  @Test
  void listsWhatABareFileOfAnUntiedModelLacks() {
    Golden golden = Golden.open("goldens/llama");
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> bare = new LinkedHashMap<>();
      stored(golden).forEach((name, tensor) -> bare.put(name.replace("model.", ""), tensor));
      bare.remove("lm_head.weight");
      assertThatThrownBy(() -> load(golden, bare).close())
          .isInstanceOf(InputException.class)
          .hasMessageContaining("missing 1 (lm_head.weight)");
      assertThat(List.copyOf(bare.keySet())).contains("embed_tokens.weight");
    }
  }
}
