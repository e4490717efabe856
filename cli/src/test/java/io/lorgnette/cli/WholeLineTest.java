package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.Method;
import io.lorgnette.method.Speaker;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.report.Report;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.weights.Precision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From a photo to a scored sentence, with the embedded models and a dozen postcards. */
class WholeLineTest {

  private static final String RECIPE =
      """
      method: mapl
      data:
        train: [{kind: jsonl, split: train, file: all.jsonl, images: [train]}]
        validation: [{kind: jsonl, split: train, file: all.jsonl, images: [train], limit: 3}]
      train: {steps: 4, batch: 10, warmup_steps: 1, evaluate_every: 2, checkpoint_every: 2}
      """;

  private static final String SET = "{kind: jsonl, split: train, file: all.jsonl, images: [train]}";

  @TempDir static Path temporary;
  private static Path root;
  private static List<Path> pictures;

  @BeforeAll
  static void draw() throws Exception {
    root = Postcards.writeTo(temporary, new Postcards.Sizes(12, 0, 0), 5, (done, total) -> {});
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      pictures = files.sorted().toList();
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < pictures.size(); i++) {
      lines.append(
          "{\"image\": \"%s\", \"captions\": [\"Picture %d .\", \"a postcard\"]}\n"
              .formatted(pictures.get(i).getFileName(), i));
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
    Files.writeString(temporary.resolve("recipe.yaml"), RECIPE);
  }

  private static Cli run(Object... arguments) {
    return Cli.run(arguments);
  }

  private Cli train(Path out, String... more) {
    Object[] base = {
      "train",
      temporary.resolve("recipe.yaml").toString(),
      "--data",
      root.toString(),
      "--out",
      out.toString(),
      "--format",
      "f32",
      "--threads",
      "1"
    };
    return run(Stream.concat(Stream.of(base), Stream.of(more)).toArray());
  }

  @Test
  void captionsDependOnThePicture() throws Exception {
    Cli result =
        run(
            "caption",
            "--json",
            "--beams",
            "1",
            "--threads",
            "1",
            pictures.get(0).toString(),
            pictures.get(1).toString(),
            pictures.get(2).toString(),
            pictures.get(3).toString());
    assertThat(result.code()).isZero();
    List<JsonNode> lines = result.out().lines().map(WholeLineTest::json).toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0).path("image").asText()).isEqualTo(pictures.get(0).toString());
    assertThat(lines.get(0).path("caption").asText()).endsWith(".");
    assertThat(lines.get(0).path("score").asDouble()).isNegative();
    assertThat(lines.stream().map(line -> line.path("caption").asText()).distinct().count())
        .isGreaterThan(1);
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theLanguageModelMayBeKeptInFewerBits() {
    String photo = pictures.get(0).toString();
    Cli eight = run("caption", photo, "--beams", "1", "--threads", "1", "--weights", "int8");
    assertThat(eight.code()).as(eight.err()).isZero();
    assertThat(eight.out().strip()).endsWith(".");
    Cli unknown = run("caption", photo, "--weights", "int5");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("--weights", "int5", "int8").hasLineCount(1);
  }

  @Test
  void captionsGoToAFileAndAreNotMadeTwice() throws Exception {
    Path out = temporary.resolve("captions.jsonl");
    Object[] arguments = {
      "caption", "--beams", "1", "--threads", "1", "--out", out.toString(), root + "/train"
    };
    assertThat(run(arguments).code()).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(12);
    Cli again = run(arguments);
    assertThat(again.code()).isZero();
    assertThat(again.err()).contains("already");
    assertThat(Files.readAllLines(out)).isEqualTo(lines);
  }

  @Test
  void aQuestionIsAnsweredWithAndWithoutExamples() throws Exception {
    String photo = pictures.get(0).toString();
    Cli plain = run("answer", photo, "Is there snow?", "--beams", "1", "--threads", "1");
    assertThat(plain.code()).isZero();
    assertThat(plain.out().strip()).isNotEmpty().doesNotEndWith(".");
    Path shots = temporary.resolve("shots.jsonl");
    Files.writeString(
        shots,
        "{\"image\": \"%s\", \"question\": \"Is there a dog?\", \"answer\": \"no\"}\n"
            .formatted(pictures.get(1)));
    Cli shown =
        run(
            "answer",
            photo,
            "Is there snow?",
            "--shots",
            shots.toString(),
            "--json",
            "--threads",
            "1");
    assertThat(shown.code()).isZero();
    assertThat(json(shown.out()).path("shots").asInt()).isEqualTo(1);
  }

  @Test
  void aConnectorIsTrainedResumedEvaluatedAndReported() throws Exception {
    Path out = temporary.resolve("run");
    Cli result = train(out);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("finished after step 4, 40 texts; 2,510,336 trained");
    RunFolder folder = RunFolder.open(out);
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    Console console =
        new Console(
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF),
            false,
            true);
    DatasetSpec spec = RecipeReader.readText(SET, "set", List.of(), DatasetSpec::read).value();
    DataRoots roots = new DataRoots(Optional.of(root), Optional.empty());
    ConnectorRecipe.Names names = new ConnectorRecipe.Names("pocket", "", "pocket");
    try (Workbench bench =
            ConnectorRuns.workbench(
                console, names, false, Path.of(""), numerics, Precision.of(numerics.format()));
        Method method =
            ConnectorCheckpoint.load(out.resolve("connector.safetensors"), bench.backbones());
        Dataset dataset = Datasets.open(spec, roots, Problems.strict())) {
      FeaturedDataset set = bench.featured(dataset);
      Protocol protocol = Protocol.MAPL.withDecoding(GenerationConfig.greedy(10));
      List<EvaluationRecord> records =
          new Interview(console, bench, new Speaker(method)).about(set, protocol, Optional.empty());
      assertThat(records).hasSize(1);
      records.get(0).write(folder);
      Gallery.write(folder, records.get(0), dataset, 1);
    }
    EvaluationRecord read = EvaluationRecord.all(folder).get(0);
    assertThat(read.items()).hasSize(12);
    assertThat(read.scores().path("corpus").path("CIDEr").isNumber()).isTrue();
    assertThat(read.compare(read, 1, 100))
        .allSatisfy(comparison -> assertThat(comparison.difference().value()).isZero());
    Report.write(folder, List.of(), out.resolve("report.html"));
    assertThat(out.resolve("report.html")).content().contains("CIDEr", "data:image/jpeg");

    Cli taken = train(out);
    assertThat(taken.code()).isEqualTo(2);
    assertThat(taken.err()).contains("--resume");
    assertThat(train(out, "--resume").code()).isZero();
  }

  @Test
  void theLanguageModelMayBeOneGgufFile() throws Exception {
    Path tiny =
        Cli.repository().resolve("core/src/test/resources/goldens/gguf-tokenizers/tiny.gguf");
    Path out = temporary.resolve("gguf");
    Cli result = train(out, "--set", "backbones.language=" + tiny);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(RunFolder.open(out).readJson("run.json").path("models").path("language").asText())
        .isEqualTo(tiny.toString());
    Object[] caption = {
      "caption",
      pictures.get(0).toString(),
      "--json",
      "--beams",
      "1",
      "--max-tokens",
      "4",
      "--threads",
      "1",
      "--connector",
      out.toString()
    };
    Cli said = run(Stream.concat(Stream.of(caption), Stream.of("--language", tiny)).toArray());
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(json(said.out()).path("caption").asText()).isNotEmpty();
    // The connector knows the file that it was trained with.
    Cli other = run(caption);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("tiny.gguf (sha256:", "train a new connector");
    Path none = temporary.resolve("no.gguf");
    Cli absent = run("caption", pictures.get(0), "--connector", out, "--language", none);
    assertThat(absent.code()).isEqualTo(2);
    assertThat(absent.err()).contains("no.gguf is not the folder or the GGUF file of a language");
  }

  @Test
  void whatDoesNotFitIsOneSentence() throws Exception {
    Cli missing = run("caption", temporary.resolve("no.jpg").toString());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("no.jpg does not exist");
    Path text = Files.writeString(temporary.resolve("text.jpg"), "not a picture");
    assertThat(run("caption", text.toString()).code()).isEqualTo(2);
    Cli typing = train(temporary.resolve("typing"), "--set", "train.stepz=3");
    assertThat(typing.code()).isEqualTo(2);
    assertThat(typing.err()).contains("train.stepz").contains("train.steps");
    assertThat(temporary.resolve("typing")).doesNotExist();
  }
}
