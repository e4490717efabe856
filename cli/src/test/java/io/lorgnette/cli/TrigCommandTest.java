package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TRiG from the command line: a tiny BART, a corpus of two lines, a few postcards. */
class TrigCommandTest {

  @TempDir Path temporary;
  private Path data;
  private Path recipe;

  @BeforeEach
  void parts() throws IOException {
    data = SmallQuestions.write(temporary);
    Path model = Files.createDirectories(temporary.resolve("model"));
    Files.copy(Pocket.tokenizer(), model.resolve("tokenizer.json"));
    try (Scope scope = Scope.open();
        Tokenizer tokenizer = Tokenizer.load(model)) {
      int end = tokenizer.idOf("<|endoftext|>").orElseThrow();
      EncoderDecoderConfig config =
          EncoderDecoderConfig.smallBart(tokenizer.vocabularySize(), 16, 1, 1, 2, 24, 48, end, end);
      Files.writeString(
          model.resolve("config.json"), HfEncoderDecoderConfig.bartJson(config, end).toString());
      try (EncoderDecoder start = EncoderDecoder.random(config, 3, Device.CPU)) {
        Safetensors.write(
            model.resolve("model.safetensors"),
            config.keys().write(start.parameters().asMap()),
            Map.of());
      }
    }
    Files.writeString(
        temporary.resolve("corpus.jsonl"),
        """
        {"id": "1", "text": "What a number is."}
        {"id": "2", "text": "Numbers of boats."}
        """);
    recipe =
        Files.writeString(
            temporary.resolve("trig.yaml"),
            "method: trig\nlanguage: model\nwords: {beams: 1, max_tokens: 6, tags: 2}\n"
                + "passages: {corpus: corpus.jsonl, count: 2}\n"
                + "data: {max_tokens: 40, answer_tokens: 6, train: [{kind: okvqa, split: train}],"
                + " validation: [{kind: okvqa, split: train}]}\n"
                + "train: {batch: 6, steps: 60, learning_rate: 0.02, warmup_steps: 3,"
                + " evaluate_every: 30, checkpoint_every: 30, patience: 0}\n");
  }

  @Test
  void learnsAndAnswers() throws Exception {
    Cli dry = Cli.run("train", recipe, "--dry-run", "--json");
    assertThat(dry.code()).as(dry.err()).isZero();
    long parameters = new ObjectMapper().readTree(dry.out()).path("trainedParameters").asLong();
    Path out = temporary.resolve("run");
    Cli cli =
        Cli.run(
            "train",
            recipe,
            "--data",
            data,
            "--out",
            out,
            "--threads",
            "1",
            "--format",
            "f32",
            "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode result = new ObjectMapper().readTree(cli.out());
    assertThat(result.path("trainedParameters").asLong()).isEqualTo(parameters);
    assertThat(result.path("questionsSeen").asLong()).isEqualTo(360);
    assertThat(result.path("validationLossNats").asDouble()).isLessThan(1);
    Cli asked =
        Cli.run(
            "evaluate",
            out,
            "--on",
            "okvqa",
            "--split",
            "dev",
            "--data",
            data,
            "--beams",
            "1",
            "--threads",
            "1",
            "--format",
            "f32",
            "--json");
    assertThat(asked.code()).as(asked.err()).isZero();
    JsonNode scores = new ObjectMapper().readTree(asked.out()).path(0);
    assertThat(scores.path("system").asText()).isEqualTo("trig");
    assertThat(scores.path("items").asInt()).isEqualTo(2);
    JsonNode said =
        new ObjectMapper().readTree(out.resolve("predictions/okvqa-val-answers.json").toFile());
    assertThat(said.findValuesAsText("answer")).containsExactly("boats", "boats");
    Cli shots = Cli.run("evaluate", out, "--on", "okvqa", "--shots", "4", "--data", data);
    assertThat(shots.code()).isEqualTo(2);
    Cli report = Cli.run("report", out);
    assertThat(report.code()).as(report.err()).isZero();
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Files.delete(temporary.resolve("corpus.jsonl"));
    Path out = temporary.resolve("run");
    Cli cli = Cli.run("train", recipe, "--data", data, "--out", out);
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("corpus.jsonl does not exist");
    assertThat(out).doesNotExist();
  }
}
