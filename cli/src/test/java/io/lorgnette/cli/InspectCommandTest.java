package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.HfConfig;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import io.lorgnette.weights.Safetensors;
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

class InspectCommandTest {

  @TempDir Path folder;

  private static JsonNode json(Object... arguments) throws Exception {
    Object[] all = new Object[arguments.length + 2];
    all[0] = "inspect";
    all[1] = "--json";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    Cli cli = Cli.run(all);
    assertThat(cli.err()).isEmpty();
    assertThat(cli.code()).isZero();
    return new ObjectMapper().readTree(cli.out());
  }

  private void writeLanguageModel(int layersInConfig) throws Exception {
    DecoderConfig config = DecoderConfig.smallLlama(23, 16, 2, 2, 32, 16);
    KeyMap keys = config.keys();
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> own = new LinkedHashMap<>();
      keys.shapes()
          .forEach(
              (name, shape) ->
                  own.put(
                      name,
                      Tensors.zeros(
                          Dtype.F16,
                          Device.CPU,
                          shape.stream().mapToLong(Long::longValue).toArray())));
      Safetensors.write(
          folder.resolve("model.safetensors"), keys.write(own), Map.of("trained", "never"));
    }
    DecoderConfig described = DecoderConfig.smallLlama(23, 16, layersInConfig, 2, 32, 16);
    Files.writeString(
        folder.resolve("config.json"), HfConfig.llamaJson(described, 0).toPrettyString());
  }

  @Test
  void aLanguageModelByItsFolder() throws Exception {
    writeLanguageModel(2);
    JsonNode node = json(folder, "--tensors");
    assertThat(node.path("kind").asText()).isEqualTo("checkpoint");
    assertThat(node.path("holds").asText()).isEqualTo("language model");
    assertThat(node.path("description").asText()).contains("2 layers of width 16", "fit");
    long parameters = DecoderConfig.smallLlama(23, 16, 2, 2, 32, 16).parameterCount();
    assertThat(node.path("parameters").asLong()).isEqualTo(parameters);
    assertThat(node.path("bytes").asLong()).isEqualTo(2 * parameters);
    assertThat(node.path("formats").path("F16").asInt()).isEqualTo(node.path("tensors").asInt());
    assertThat(node.path("list")).hasSize(node.path("tensors").asInt());
    assertThat(node.path("metadata").path("trained").asText()).isEqualTo("never");
    long sum = 0;
    for (JsonNode part : node.path("parts")) {
      sum += part.path("parameters").asLong();
    }
    assertThat(sum).isEqualTo(parameters);
    assertThat(Cli.run("inspect", folder).out())
        .contains("language model", "model.layers.*", "trained  never");
  }

  @Test
  void aGgufFileByItsOwnDescription() throws Exception {
    Path goldens = Cli.repository().resolve("core/src/test/resources/goldens");
    Cli cli = Cli.run("inspect", goldens.resolve("gguf-tokenizers/tiny.gguf"));
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out())
        .contains("tiny.gguf: language model", "llama, 2 layers of width 32, 4 heads")
        .contains("tensors fit tiny.gguf");
    Cli kinds = Cli.run("inspect", goldens.resolve("gguf-files/kinds.gguf"));
    assertThat(kinds.out()).contains("model of type llama", "no word embeddings");
  }

  @Test
  void saysWhereTensorsDoNotFitTheConfiguration() throws Exception {
    writeLanguageModel(3);
    assertThat(json(folder).path("description").asText())
        .contains("does not fit its configuration", "missing", "model.layers.2.");
  }

  @Test
  void theEmbeddedEncoder() throws Exception {
    JsonNode node = json(Pocket.vision());
    assertThat(node.path("holds").asText()).isEqualTo("vision encoder");
    assertThat(node.path("description").asText()).contains("49 tokens of width 1280");
  }

  private static Path golden(String name) {
    return Cli.repository().resolve("core/src/test/resources/goldens/" + name + "/checkpoint");
  }

  @ParameterizedTest
  @CsvSource({
    "t5, language model, 1",
    "bart, language model, 1",
    "qwen3, language model, 1",
    "clip-dual, image and text encoders, 2",
    "siglip-dual, image and text encoders, 2",
    "clip-vision, vision encoder, 1",
    "dinov2, vision encoder, 1",
    "beit, vision encoder, 1",
    "blip2-opt, vision-language model, 3",
    "instructblip-t5, vision-language model, 3",
    "llava-1.5, vision-language model, 3",
    "blip2-itm, image-text matcher, 2"
  })
  void everyKindOfModelByItsParts(String name, String kind, int parts) throws Exception {
    JsonNode node = json(golden(name));
    assertThat(node.path("holds").asText()).isEqualTo(kind);
    assertThat(node.path("modelParts")).hasSize(parts);
    long sum = 0;
    for (JsonNode part : node.path("modelParts")) {
      assertThat(part.path("architecture").asText()).isNotEmpty();
      sum += part.path("parameters").asLong();
    }
    // What a pair has besides is its scale, and for SigLIP a bias.
    long besides = name.equals("clip-dual") ? 1 : name.equals("siglip-dual") ? 2 : 0;
    besides += name.equals("bart") ? 97 : 0; // the constant added to its scores is not learned
    long projection = name.equals("clip-dual") ? 32 * 48 : 0; // not counted with the encoder
    assertThat(sum + besides + projection).isEqualTo(node.path("parameters").asLong());
    if (parts == 1 && kind.equals("language model")) {
      assertThat(node.path("description").asText()).endsWith("tensors fit config.json");
    }
  }

  @Test
  void tellsTheMemoryAtEveryPrecision() throws Exception {
    JsonNode node = json(golden("llama"));
    JsonNode memory = node.path("memory");
    long parameters = node.path("parameters").asLong();
    assertThat(memory.path("f32").asLong()).isEqualTo(4 * parameters);
    assertThat(memory.path("bf16").asLong()).isEqualTo(2 * parameters);
    assertThat(memory.path("int8").asLong()).isBetween(parameters, 2 * parameters);
    assertThat(memory.path("int4").asLong()).isLessThan(memory.path("int8").asLong());
    assertThat(node.path("free").asLong()).isPositive();
    assertThat(Cli.run("inspect", golden("llama")).out())
        .contains("in memory f32 ", ", int4 ", "; free ");
  }

  @Test
  void aTokenizer() throws Exception {
    JsonNode node = json(Pocket.tokenizer());
    assertThat(node.path("kind").asText()).isEqualTo("tokenizer");
    assertThat(node.path("model").asText()).isEqualTo("BPE");
    assertThat(node.path("vocabulary").asInt()).isEqualTo(8192);
    assertThat(node.path("special").get(0).asText()).isEqualTo("<|endoftext|>");
  }

  @Test
  void recipesOfBothCommands() throws Exception {
    Path pretrain = folder.resolve("lm.yaml");
    Files.writeString(
        pretrain,
        """
        model: {width: 16, layers: 2, heads: 2, hidden: 32}
        tokenizer: pocket
        text: [{name: a, kind: lines, files: [a.txt]}]
        """);
    JsonNode node = json(pretrain);
    assertThat(node.path("command").asText()).isEqualTo("pretrain");
    assertThat(node.path("resolved").asText()).contains("positions: 512", "steps: ");
    Path train = folder.resolve("mapl.yaml");
    Files.writeString(train, "method: mapl\nbackbonse: {vision: pocket}\n");
    Cli wrong = Cli.run("inspect", train);
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("mapl.yaml").hasLineCount(1);
  }

  @Test
  void aRun() throws Exception {
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"command": "pretrain", "recipeSha256": "abc", "sessions": [{"started": "2026-01-02T03:04:05Z",
         "version": "1", "commit": "f00", "numerics": {"device": "CPU", "format": "F32",
         "threads": 2}}], "result": {"step": 3, "validationLossNats": {"loss": 1.5}}}
        """);
    Files.writeString(
        folder.resolve("steps.jsonl"),
        """
        {"step":1,"loss":3.5}
        {"step":2,"loss":2.5}
        {"step":2,"evaluation":{"loss":2.25}}
        {"step":3,"lo
        """
            .stripTrailing());
    Cli cli = Cli.run("inspect", folder);
    assertThat(cli.out())
        .contains("2026-01-02T03:04:05Z to (not ended)", "commit f00, cpu f32, threads 2")
        .contains("2, loss 2.5000", "step 2 loss 2.2500");
    JsonNode node = json(folder.resolve("run.json"));
    assertThat(node.path("progress").path("lastStep").path("step").asInt()).isEqualTo(2);
    assertThat(node.path("kind").asText()).isEqualTo("run");
  }

  @Test
  void whatCanNotBeInspectedIsSaid() throws Exception {
    Path text = Files.writeString(folder.resolve("a.txt"), "hello");
    Path broken = Files.writeString(folder.resolve("a.safetensors"), "hello");
    for (Object path : List.of(text, broken, folder, folder.resolve("none"))) {
      Cli cli = Cli.run("inspect", path);
      assertThat(cli.code()).as("%s", path).isEqualTo(2);
      assertThat(cli.err()).contains(path.toString()).hasLineCount(1);
      assertThat(cli.out()).isEmpty();
    }
  }
}
