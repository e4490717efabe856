package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {

  private static final Path GOLDENS = Cli.repository().resolve("core/src/test/resources/goldens");

  /** Tables from inside a computation, which no stage of a model is. */
  private static final List<String> NOT_COMPUTED = List.of("inv_freq.plain", "inv_freq.scaled");

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  /** Every golden that holds a whole checkpoint. */
  static List<String> goldens() throws IOException {
    try (Stream<Path> folders = Files.list(GOLDENS)) {
      return folders
          .filter(golden -> Files.exists(golden.resolve("checkpoint/config.json")))
          .filter(golden -> Files.exists(golden.resolve("golden.safetensors")))
          .map(golden -> golden.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void manyGoldensAreInTheTree() throws Exception {
    assertThat(goldens()).hasSizeGreaterThanOrEqualTo(26).contains("gpt2", "t5", "blip2-opt");
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void everyGoldenPasses(String name) throws Exception {
    Path golden = GOLDENS.resolve(name);
    Cli cli = Cli.run("verify", "--json", golden.resolve("checkpoint"), golden);
    assertThat(cli.err()).isEmpty();
    JsonNode node = new ObjectMapper().readTree(cli.out());
    for (JsonNode stage : node.path("stages")) {
      String expected =
          NOT_COMPUTED.contains(stage.path("name").asText()) ? "not-compared" : "same";
      assertThat(stage.path("verdict").asText()).as("%s", stage).isEqualTo(expected);
    }
    assertThat(node.path("passed").asBoolean()).isTrue();
    assertThat(node.path("compared").asInt()).isPositive();
    assertThat(cli.code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen3"})
  void aGgufFileIsVerifiedAsWell(String name) throws Exception {
    Path gguf = GOLDENS.resolve("gguf-files").resolve(name + ".gguf");
    Cli cli = Cli.run("verify", "--json", gguf, GOLDENS.resolve(name));
    assertThat(cli.err()).isEmpty();
    JsonNode node = new ObjectMapper().readTree(cli.out());
    assertThat(node.path("passed").asBoolean()).as(cli.out()).isTrue();
    assertThat(node.path("compared").asInt()).isGreaterThan(20);
    assertThat(node.path("model").asText()).isEqualTo(name);
  }

  @Test
  void aChangedWeightIsFoundAtItsStage() throws Exception {
    Path golden = GOLDENS.resolve("llama3");
    Path changed = Files.createDirectories(folder.resolve("changed"));
    Files.copy(golden.resolve("checkpoint/config.json"), changed.resolve("config.json"));
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(golden.resolve("checkpoint"))) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      checkpoint.names().forEach(name -> tensors.put(name, checkpoint.get(name).clone()));
      Tensor weight = tensors.get("model.layers.0.mlp.down_proj.weight");
      weight.mul_(new Scalar(1.05));
      Safetensors.write(changed.resolve("model.safetensors"), tensors, Map.of());
    }
    Path file = golden.resolve("golden.safetensors");
    Cli cli = Cli.run("verify", changed, file);
    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.err()).isEmpty();
    assertThat(cli.out())
        .contains("hidden_states.0  ", "DIFFERENT", "they differ, first in hidden_states.1");
    JsonNode node = new ObjectMapper().readTree(Cli.run("verify", "--json", changed, file).out());
    assertThat(node.path("passed").asBoolean()).isFalse();
    assertThat(node.path("firstDifference").asText()).isEqualTo("hidden_states.1");
    assertThat(node.at("/stages/0/verdict").asText()).isEqualTo("same");
  }

  @Test
  void theTableNamesWhatWasNotCompared() {
    Path golden = GOLDENS.resolve("llama3");
    Cli cli = Cli.run("verify", golden.resolve("checkpoint"), golden);
    assertThat(cli.code()).isZero();
    assertThat(cli.out())
        .contains("largest difference", "greedy.ids", "inv_freq.plain", "not compared")
        .contains("48 stages of llama compared, 2 not: no difference");
  }

  @Test
  void badInputIsOneSentence() {
    Path golden = GOLDENS.resolve("gpt2");
    for (Object[] arguments :
        List.of(
            new Object[] {"verify", golden.resolve("checkpoint"), folder},
            new Object[] {"verify", folder, golden},
            new Object[] {
              "verify", golden.resolve("checkpoint"), GOLDENS.resolve("clip-vision")
            })) {
      Cli cli = Cli.run(arguments);
      assertThat(cli.code()).isEqualTo(2);
      assertThat(cli.err()).startsWith("lorgnette: ").hasLineCount(1);
      assertThat(cli.out()).isEmpty();
    }
  }

  @Test
  void nothingOfItsMemoryIsLeft() {
    Path golden = GOLDENS.resolve("blip2-itm");
    Cli.run("verify", golden.resolve("checkpoint"), golden);
    long before = Tensors.liveNativeObjects();
    Cli.run("verify", golden.resolve("checkpoint"), golden);
    assertThat(Tensors.liveNativeObjects()).isEqualTo(before);
  }
}
