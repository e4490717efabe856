package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.data.DataRoots;
import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.PackedCorpus;
import io.lorgnette.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {

  private static final String YAML =
      """
      model: {width: 16, layers: 2, heads: 2, hidden: 32, positions: 32}
      tokenizer: tokenizer.json
      length: 16
      rows: 4
      text:
        - {name: captions, kind: captions, files: [captions.txt], weight: 2, held_out: 0.1}
        - {name: tales, kind: documents, files: [tales.txt], held_out: 0.1}
      train: {steps: 20, warmup_steps: 2, learning_rate: 0.01, evaluate_every: 10, checkpoint_every: 50}
      """;

  @TempDir Path folder;

  private static Recipe<PretrainRecipe> recipe(String... options) {
    return RecipeReader.readText(YAML, "test.yaml", List.of(options), PretrainRecipe::read);
  }

  private void writeText() throws Exception {
    StringBuilder captions = new StringBuilder();
    StringBuilder tales = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      captions.append("a dog number ").append(i).append(" runs on grass .\n");
      tales.append("There was a king with ").append(i).append(" sons.\nThey all rode away.\n\n");
    }
    Files.writeString(folder.resolve("captions.txt"), captions);
    Files.writeString(folder.resolve("tales.txt"), tales);
  }

  private RunFolder run(String name, Recipe<PretrainRecipe> recipe, BooleanSupplier stop) {
    Path path = folder.resolve(name);
    RunFolder run;
    if (Files.exists(path)) {
      run = RunFolder.open(path);
    } else {
      run = RunFolder.create(path);
      run.writeJson("run.json", JsonNodeFactory.instance.objectNode());
    }
    Pretraining pretraining =
        new Pretraining(
            recipe,
            new DataRoots(Optional.of(folder), Optional.empty()),
            Golden.resource("goldens/tokenizers/gpt2/tokenizer.json"),
            null);
    PackedCorpus corpus = pretraining.pack(run, (source, documents, tokens) -> {});
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    pretraining.run(run, corpus, numerics, TrainingListener.SILENT, stop);
    return run;
  }

  @Test
  void learnsAndLeavesAModelThatLoads() throws Exception {
    writeText();
    RunFolder run = run("whole", recipe(), () -> false);
    List<JsonNode> evaluations =
        run.steps().stream().filter(line -> line.has("evaluation")).toList();
    assertThat(evaluations).hasSize(2);
    JsonNode last = evaluations.get(1).path("evaluation");
    assertThat(last.fieldNames()).toIterable().containsExactly("loss", "captions", "tales");
    assertThat(last.path("loss").asDouble())
        .isLessThan(evaluations.get(0).path("evaluation").path("loss").asDouble());
    JsonNode result = run.readJson("run.json").path("result");
    assertThat(result.path("tokensSeen").asLong()).isEqualTo(20 * 4 * 16);
    try (LanguageModel model =
        LanguageModel.load(run.path().resolve("model"), Dtype.F32, Device.CPU)) {
      assertThat(model.config().width()).isEqualTo(16);
      assertThat(model.parameters().count()).isEqualTo(result.path("parameters").asLong());
    }
  }

  @Test
  void anInterruptedRunEndsInTheSameModel() throws Exception {
    writeText();
    RunFolder whole = run("whole", recipe(), () -> false);
    int[] steps = {0};
    run("cut", recipe(), () -> ++steps[0] == 13);
    RunFolder cut = run("cut", recipe(), () -> false);
    assertThat(Files.readAllBytes(cut.path().resolve("model/model.safetensors")))
        .isEqualTo(Files.readAllBytes(whole.path().resolve("model/model.safetensors")));
  }

  private static Recipe<PretrainRecipe> bart() {
    String yaml = YAML.replace("layers: 2,", "kind: bart, encoder_layers: 1, decoder_layers: 2,");
    return RecipeReader.readText(yaml, "test.yaml", List.of(), PretrainRecipe::read);
  }

  @Test
  void anEncoderDecoderLearnsToFillInAndOpensAsOne() throws Exception {
    writeText();
    RunFolder run = run("whole", bart(), () -> false);
    List<JsonNode> evaluations =
        run.steps().stream().filter(line -> line.has("evaluation")).toList();
    JsonNode last = evaluations.get(1).path("evaluation");
    assertThat(last.fieldNames()).toIterable().containsExactly("loss", "captions", "tales");
    assertThat(last.path("loss").asDouble())
        .isLessThan(evaluations.get(0).path("evaluation").path("loss").asDouble());
    Path folder = run.path().resolve("model");
    try (TextModel model = TextModel.load(folder, Dtype.F32, Device.CPU);
        Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(model).isInstanceOf(EncoderDecoder.class);
      EncoderDecoderConfig config = ((EncoderDecoder) model).config();
      assertThat(config.encoder().layers()).isEqualTo(1);
      assertThat(config.decoder().layers()).isEqualTo(2);
      int mask = tokenizer.idOf("<|mask|>").orElseThrow();
      assertThat(mask).isEqualTo(model.vocabulary() - 1);
      assertThat(tokenizer.encode("dog<|mask|>")).endsWith(mask).hasSizeGreaterThan(1);
      assertThat(run.readJson("run.json").path("result").path("parameters").asLong())
          .isEqualTo(config.parameterCount());
      assertThat(Tensors.toFloats(model.parameters().get("head.bias"))).containsOnly(0);
    }
  }

  @Test
  void anInterruptedEncoderDecoderEndsInTheSameModel() throws Exception {
    writeText();
    RunFolder whole = run("whole", bart(), () -> false);
    int[] steps = {0};
    run("cut", bart(), () -> ++steps[0] == 13);
    RunFolder cut = run("cut", bart(), () -> false);
    assertThat(Files.readAllBytes(cut.path().resolve("model/model.safetensors")))
        .isEqualTo(Files.readAllBytes(whole.path().resolve("model/model.safetensors")));
  }

  @Test
  void otherTextIsRefusedOnResume() throws Exception {
    writeText();
    RunFolder run = run("whole", recipe("train.steps=2"), () -> false);
    Path corpus = run.path().resolve("corpus");
    try (var files = Files.list(corpus)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.writeString(folder.resolve("captions.txt"), "a cat .\n".repeat(300));
    assertThatThrownBy(() -> run("whole", recipe(), () -> false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not the text that the run was started with");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> run("none", recipe(), () -> false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("captions.txt is missing");
  }
}
