package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF files against the checkpoints that they were made of, and against the gguf package. */
class GgufFileTest {

  private static final Golden GOLDEN = Golden.open("goldens/gguf-files");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f16", "bf16", "q4_0", "q5_0", "q8_0", "q4_k", "q5_k", "q6_k"})
  void everyFormIsWidenedExactly(String kind) {
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(GOLDEN.path("kinds.gguf"))) {
      assertThat(checkpoint.info(kind).format()).isEqualToIgnoringCase(kind);
      assertThat(Tensors.shape(checkpoint.get(kind))).isEqualTo(GOLDEN.shape(kind));
      float[] expected = GOLDEN.floats(kind);
      float[] values = Tensors.toFloats(checkpoint.get(kind));
      for (int i = 0; i < expected.length; i++) {
        // Bit by bit but for the sign of zero.
        assertThat(values[i] + 0.0f).as("%s[%d]", kind, i).isEqualTo(expected[i] + 0.0f);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2", "qwen3"})
  void tensorsAreThoseOfTheOriginal(String family) {
    try (Scope scope = Scope.open();
        Checkpoint original =
            Checkpoint.open(Golden.resource("goldens/" + family + "/checkpoint"));
        Checkpoint gguf = Checkpoint.open(GOLDEN.path(family + ".gguf"))) {
      assertThat(gguf.names()).containsExactlyInAnyOrderElementsOf(original.names());
      for (String name : original.names()) {
        assertThat(gguf.info(name).shape()).isEqualTo(original.info(name).shape());
        assertThat(Tensors.toFloats(gguf.get(name)))
            .as(name)
            .isEqualTo(Tensors.toFloats(original.get(name)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2", "qwen3"})
  void theConfigurationIsThatOfTheOriginal(String family) {
    JsonNode original = Golden.open("goldens/" + family).json("checkpoint/config.json");
    JsonNode read = GgufModel.open(GOLDEN.path(family + ".gguf")).config();
    for (String key :
        List.of(
            "model_type",
            "vocab_size",
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "intermediate_size",
            "max_position_embeddings",
            "rms_norm_eps",
            "hidden_act",
            "tie_word_embeddings")) {
      assertThat(read.path(key)).as(key).isEqualTo(original.path(key));
    }
    JsonNode rope = original.path("rope_parameters");
    assertThat(read.path("rope_theta").asDouble()).isEqualTo(rope.path("rope_theta").asDouble());
    if (family.equals("llama3")) {
      JsonNode scaling = read.path("rope_scaling");
      for (String key :
          List.of(
              "rope_type",
              "factor",
              "low_freq_factor",
              "high_freq_factor",
              "original_max_position_embeddings")) {
        assertThat(scaling.path(key).asText()).startsWith(rope.path(key).asText());
      }
    } else {
      assertThat(read.has("rope_scaling")).isFalse();
    }
  }

  @Test
  void theTokenizerIsHandedOutAsItStands() {
    GgufVocabulary pieces = GgufModel.open(GOLDEN.path("llama.gguf")).vocabulary();
    assertThat(pieces.model()).isEqualTo("llama");
    assertThat(pieces.tokens()).startsWith("<unk>", "<s>", "</s>", "<0x03>").endsWith("▁Grüße");
    assertThat(pieces.scores()).startsWith(-0.0, -1.0).hasSameSizeAs(pieces.tokens());
    assertThat(pieces.types()).startsWith(2L, 3L, 3L, 6L).hasSameSizeAs(pieces.tokens());
    assertThat(pieces.bos()).hasValue(1);
    assertThat(pieces.unknown()).hasValue(0);
    assertThat(pieces.addBos()).isEmpty();
    assertThat(pieces.addSpacePrefix()).isTrue();
    GgufVocabulary pairs = GgufModel.open(GOLDEN.path("qwen2.gguf")).vocabulary();
    assertThat(pairs.model()).isEqualTo("gpt2");
    assertThat(pairs.pre()).isEqualTo("qwen2");
    assertThat(pairs.merges()).containsExactly("! \"", "# $");
    assertThat(pairs.bos()).isEmpty();
    assertThat(pairs.eos()).hasValue(5);
    assertThat(pairs.addBos()).contains(false);
    assertThat(pairs.chatTemplates()).isEqualTo(Map.of("default", "{{ messages }}"));
  }

  @Test
  void versionTwoHasTheSameForm() throws Exception {
    byte[] bytes = Files.readAllBytes(GOLDEN.path("kinds.gguf"));
    assertThat(bytes[4]).isEqualTo((byte) 3);
    bytes[4] = 2;
    Path file = Files.write(folder.resolve("two.gguf"), bytes);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.names()).hasSize(9);
      assertThat(checkpoint.info("f16").dtype()).isEqualTo(Dtype.F16);
      assertThat(checkpoint.info("q4_k").dtype()).isEqualTo(Dtype.F32);
      assertThat(checkpoint.info("q4_k").bytes()).isEqualTo(3 * 2 * 144);
    }
  }

  @Test
  void publishedScalingsAreFoundAgain() {
    // LLaMA 3.1 and 3.2 divide by 8 and by 32 what turns less than once in 8192 positions.
    for (double factor : new double[] {8, 32}) {
      float[] factors = new float[64];
      for (int i = 0; i < 64; i++) {
        double turns = 8192 / (2 * Math.PI * Math.pow(500_000, i / 64.0));
        double smooth = Math.min(1, Math.max(0, (turns - 1) / 3));
        factors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
      }
      assertThat(Llama3Factors.find(factors, 128, 500_000))
          .isEqualTo(new Llama3Factors(factor, 1, 4, 8192));
      factors[40] *= 1.01f;
      assertThat(Llama3Factors.find(factors, 128, 500_000)).isNull();
    }
  }

  static Stream<String> hostile() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN.path("hostile"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileFilesAreRefused(String file) {
    String says = GOLDEN.json().path("refused").path(file).asText();
    assertThat(says).isNotEmpty();
    assertThatThrownBy(() -> Checkpoint.open(GOLDEN.path("hostile").resolve(file)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(says);
  }

  /** Whatever the bytes: some tensors and a configuration, or one refusal. */
  @Test
  void changedAndTruncatedFilesAreReadOrRefused() throws Exception {
    long seed = 770;
    Random random = new Random(seed);
    byte[][] whole = {
      Files.readAllBytes(GOLDEN.path("kinds.gguf")), Files.readAllBytes(GOLDEN.path("llama3.gguf"))
    };
    Map<String, Integer> outcomes = new TreeMap<>();
    Path file = folder.resolve("changed.gguf");
    for (int round = 0; round < 600; round++) {
      byte[] bytes = whole[round % 2].clone();
      int header = round % 2 == 0 ? 800 : 5000;
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(header)] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256));
      }
      if (random.nextInt(8) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      Files.write(file, bytes);
      try (Scope scope = Scope.open();
          Checkpoint checkpoint = Checkpoint.open(file)) {
        for (String name : checkpoint.names()) {
          assertThat(checkpoint.get(name).numel()).isEqualTo(checkpoint.info(name).elements());
        }
        GgufModel.open(file).config();
        outcomes.merge("read", 1, Integer::sum);
      } catch (InputException refused) {
        outcomes.merge("refused", 1, Integer::sum);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(outcomes).as("seed %d", seed).hasSize(2);
    assertThat(outcomes.values()).allMatch(count -> count > 50);
  }
}
