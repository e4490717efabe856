package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.Method;
import io.lorgnette.method.Speaker;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.recipe.RecipeReader;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * Every benchmark from its native files to a score, with the embedded models: results are written
 * in the official format, and {@code lorgnette score} finds the same number in them.
 */
class BenchmarksTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path root;
  private static List<Path> pictures;
  private static Console console;
  private static Workbench bench;
  private static Method method;

  @BeforeAll
  static void load() throws Exception {
    Path cards =
        Postcards.writeTo(
            root.resolve("cards"), new Postcards.Sizes(3, 0, 0), 5, (done, total) -> {});
    try (Stream<Path> files = Files.list(cards.resolve("train"))) {
      pictures = files.sorted().toList();
    }
    captions();
    questions();
    console =
        new Console(
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF),
            false,
            true);
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    bench =
        ConnectorRuns.workbench(
            console,
            new ConnectorRecipe.Names("pocket", "", "pocket"),
            false,
            Path.of(""),
            numerics,
            Precision.of(numerics.format()));
    method = ConnectorCheckpoint.load(Pocket.connector("answers"), bench.backbones());
  }

  @AfterAll
  static void close() {
    method.close();
    bench.close();
  }

  private static void text(String name, String text) throws Exception {
    Files.createDirectories(root.resolve(name).getParent());
    Files.writeString(root.resolve(name), text);
  }

  private static void photos(String folder, String... names) throws Exception {
    Files.createDirectories(root.resolve(folder));
    for (int i = 0; i < names.length; i++) {
      Files.copy(pictures.get(i), root.resolve(folder).resolve(names[i]));
    }
  }

  private static void captions() throws Exception {
    String coco =
        """
        {"images": [{"id": 7, "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}],
         "annotations": [
          {"id": 1, "image_id": 7, "caption": "A red barn in the snow."},
          {"id": 2, "image_id": 7, "caption": "A barn.", "is_rejected": true},
          {"id": 3, "image_id": 8, "caption": "Two boats on a lake."}]}
        """;
    text("nocaps/nocaps_val_4500_captions.json", coco);
    photos("nocaps/images", "a.jpg", "b.jpg");
    text("vizwiz_caps/annotations/val.json", coco);
    photos("vizwiz_caps/val", "a.jpg", "b.jpg");
    text(
        "textcaps/TextCaps_0.1_val.json",
        """
        {"data": [{"image_id": "0a", "caption_id": 1, "caption_str": "A sign that says barn."},
                  {"image_id": "0b", "caption_id": 2, "caption_str": "A boat named Anna."}]}
        """);
    photos("textvqa/train_images", "0a.jpg", "0b.jpg");
    String karpathy =
        """
        {"images": [
          {%s"filename": "COCO_val2014_000000000042.jpg", "split": "val",
           "sentences": [{"raw": "A barn."}, {"raw": "The barn is red."}]},
          {%s"filename": "COCO_val2014_000000000043.jpg", "split": "val",
           "sentences": [{"raw": "A boat on a lake."}]}]}
        """;
    text(
        "coco/dataset_coco.json",
        karpathy.formatted(
            "\"filepath\": \"val2014\", \"cocoid\": 42, ",
            "\"filepath\": \"val2014\", \"cocoid\": 43, "));
    text("flickr30k/dataset_flickr30k.json", karpathy.formatted("", ""));
    text(
        "coco/coco_karpathy_val.json",
        """
        [{"image": "val2014/COCO_val2014_000000000042.jpg", "caption": ["A barn."]},
         {"image": "val2014/COCO_val2014_000000000043.jpg", "caption": ["A boat.", "Boat."]}]
        """);
    photos("coco/val2014", "COCO_val2014_000000000042.jpg", "COCO_val2014_000000000043.jpg");
    photos("flickr30k/images", "COCO_val2014_000000000042.jpg", "COCO_val2014_000000000043.jpg");
    text(
        "conceptual_captions/Validation_GCC-1.1.0-Validation.tsv",
        "a barn in the snow\thttp://x/1\ntwo boats on a lake\thttp://x/2\n");
    photos("conceptual_captions/val", "000000000.jpg", "000000001.jpg");
  }

  private static void questions() throws Exception {
    text(
        "okvqa/OpenEnded_mscoco_val2014_questions.json",
        """
        {"data_subtype": "val2014", "questions": [
          {"image_id": 42, "question_id": 421, "question": "What is it?"},
          {"image_id": 43, "question_id": 431, "question": "Is there a boat?"}]}
        """);
    text(
        "okvqa/mscoco_val2014_annotations.json",
        """
        {"annotations": [
          {"image_id": 42, "question_id": 421, "question_type": "one", "answer_type": "other",
           "answers": [%1$s]},
          {"image_id": 43, "question_id": 431, "question_type": "two", "answer_type": "other",
           "answers": [%1$s]}]}
        """
            .formatted(
                "{\"answer\": \"yes\"}, {\"answer\": \"yes\"}, {\"answer\": \"no\"},"
                    + " {\"answer\": \"no\"}, {\"answer\": \"barn\"}"));
    text(
        "textvqa/TextVQA_0.5.1_val.json",
        """
        {"data": [{"question_id": 34602, "question": "Is there snow?", "image_id": "0a",
                   "answers": ["Yes", "no", "YES?", "yes", "unanswerable"]},
                  {"question_id": 34603, "question": "What is white?", "image_id": "0b",
                   "answers": ["the barn", "snow", "snow", "snow", "boat"]}]}
        """);
    text(
        "vizwiz_vqa/val.json",
        """
        [{"image": "a.jpg", "question": "Is there snow?", "answer_type": "other", "answerable": 1,
          "answers": [{"answer": "yes"}, {"answer": "yes"}, {"answer": "no"}, {"answer": "yes"}]},
         {"image": "b.jpg", "question": "Which can is it?", "answer_type": "unanswerable",
          "answerable": 0,
          "answers": [{"answer": "unanswerable"}, {"answer": "unanswerable"}]}]
        """);
    photos("vizwiz_vqa/val", "a.jpg", "b.jpg");
    text(
        "gqa/val_balanced_questions.json",
        """
        {"0101": {"imageId": "1", "question": "Is there snow?", "answer": "yes",
                  "types": {"structural": "verify"}},
         "0102": {"imageId": "2", "question": "What is white?", "answer": "barn",
                  "types": {"structural": "query"}}}
        """);
    photos("gqa/images", "1.jpg", "2.jpg");
    text(
        "daquar/qa.raw.dev.txt",
        """
        what is on the table in the image1 ?
        lamp, book
        how many chairs are in the image2 ?
        2
        """);
    photos("daquar/images", "image1.jpg", "image2.jpg");
  }

  private static EvaluationRecord evaluate(DatasetSpec spec, Protocol protocol) {
    return evaluate(spec, spec, protocol, method);
  }

  private static EvaluationRecord evaluate(
      DatasetSpec spec, DatasetSpec shots, Protocol protocol, Method method) {
    DataRoots roots = new DataRoots(Optional.of(root), Optional.empty());
    try (Dataset dataset = Datasets.open(spec, roots, Problems.strict());
        Dataset source = Datasets.open(shots, roots, Problems.strict())) {
      FeaturedDataset set = bench.featured(dataset);
      List<EvaluationRecord> records =
          new Interview(console, bench, new Speaker(method))
              .about(
                  set,
                  protocol.withDecoding(GenerationConfig.greedy(8)),
                  protocol.shots() > 0 ? Optional.of(bench.featured(source)) : Optional.empty());
      assertThat(records).hasSize(1);
      return records.get(0);
    }
  }

  private static JsonNode score(String name, Path results, Object... more) throws Exception {
    Object[] command = {
      "score", "--on", name, "--split", "dev", "--data", root, "--results", results, "--json"
    };
    Cli cli = Cli.run(Stream.concat(Stream.of(command), Stream.of(more)).toArray());
    assertThat(cli.err()).isEmpty();
    return JSON.readTree(cli.out());
  }

  @ParameterizedTest
  @CsvSource({
    "nocaps, image_id, caption, CIDEr",
    "textcaps, image_id, caption, CIDEr",
    "vizwiz-captions, image_id, caption, CIDEr",
    "coco-karpathy, image_id, caption, CIDEr",
    "lavis-coco, image_id, caption, CIDEr",
    "flickr30k, image_id, caption, CIDEr",
    "cc3m, image_id, caption, CIDEr",
    "okvqa, question_id, answer, VQA accuracy",
    "textvqa, question_id, answer, VQA accuracy",
    "vizwiz-vqa, image, answer, VQA accuracy",
    "gqa, questionId, prediction, GQA accuracy",
  })
  void resultsAreOfficialAndScoreTheSame(String name, String id, String text, String metric)
      throws Exception {
    EvaluationRecord record = evaluate(DatasetSpec.named(name, Split.VAL), Protocol.MAPL);
    RunFolder folder = RunFolder.create(root.resolve("runs").resolve(name));
    record.write(folder);
    Path results = folder.predictions().resolve(record.name() + ".json");
    JsonNode written = JSON.readTree(results.toFile());
    assertThat(written).hasSize(2);
    for (JsonNode result : written) {
      assertThat(result.properties()).extracting(Map.Entry::getKey).containsExactly(id, text);
      assertThat(result.get(text).isTextual()).isTrue();
    }
    JsonNode again = score(name, results);
    Map<String, JsonNode> corpus = new HashMap<>();
    record.scores().get("corpus").properties().forEach(e -> corpus.put(e.getKey(), e.getValue()));
    assertThat(corpus).containsKey(metric);
    assertThat(again.get("corpus")).isEqualTo(record.scores().get("corpus"));
    assertThat(again.path("byEvaluator")).isEqualTo(record.scores().path("byEvaluator"));
    JsonNode variants = record.scores().path("variants");
    again
        .path("variants")
        .properties()
        .forEach(field -> assertThat(variants.path(field.getKey())).isEqualTo(field.getValue()));
    assertThat(EvaluationRecord.read(folder, record.name()).compare(record, 1, 20))
        .allSatisfy(comparison -> assertThat(comparison.difference().value()).isZero());
  }

  @Test
  void theReportNamesTheRuleBesideTheNumber() throws Exception {
    EvaluationRecord vizWiz = evaluate(DatasetSpec.named("vizwiz-vqa", Split.VAL), Protocol.MAPL);
    JsonNode scores = vizWiz.scores();
    assertThat(scores.path("variants").path("VQA accuracy").asText()).isEqualTo("VizWiz evaluator");
    assertThat(scores.path("variants").path("post-processing").asText())
        .isEqualTo("up to the full stop");
    assertThat(scores.path("corpus").has("unanswerable, F1")).isTrue();
    assertThat(scores.path("byAnswerType").has("unanswerable")).isTrue();
    assertThat(scores.path("byEvaluator").properties())
        .extracting(Map.Entry::getKey)
        .containsExactly("official", "lavis", "open-flamingo", "vizwiz", "textvqa");
    EvaluationRecord okVqa = evaluate(DatasetSpec.named("okvqa", Split.VAL), Protocol.MAPL);
    assertThat(okVqa.scores().path("variants").path("answers").asText()).startsWith("OK-VQA stems");
    assertThat(okVqa.scores().path("byQuestionType").has("two")).isTrue();
    EvaluationRecord captions =
        evaluate(DatasetSpec.named("vizwiz-captions", Split.VAL), Protocol.MAPL);
    assertThat(captions.scores().path("variants").path("references").asText())
        .isEqualTo("without precanned and rejected captions");
    assertThat(captions.items().get(0).references()).containsExactly("A red barn in the snow.");
  }

  @Test
  void shotsAreTheSameForEverySystemAndNeverTheImageInQuestion() throws Exception {
    text(
        "shots.jsonl",
        """
        {"image": "0.jpg", "questions": [{"question_id": "s0", "question": "Is it?", "answer": "a"}]}
        {"image": "1.jpg", "questions": [{"question_id": "s1", "question": "Is it?", "answer": "b"},
                                         {"question_id": "s2", "question": "Who?", "answer": "c"}]}
        {"image": "2.jpg", "questions": [{"question_id": "s3", "question": "Who?", "answer": "d"}]}
        """
            .replaceAll("},\\n *", "},"));
    photos("shots", "0.jpg", "1.jpg", "2.jpg");
    DatasetSpec shots =
        RecipeReader.readText(
                "{kind: jsonl, split: train, file: shots.jsonl, images: [shots]}",
                "test",
                List.of(),
                DatasetSpec::read)
            .value();
    text(
        "asked.jsonl",
        "{\"image\": \"0.jpg\", \"questions\": [{\"question\": \"Is it?\", \"answers\":"
            + " [\"yes\", \"yes\"]}]}\n");
    DatasetSpec asked =
        RecipeReader.readText(
                "{kind: jsonl, split: val, file: asked.jsonl, images: [shots]}",
                "test",
                List.of(),
                DatasetSpec::read)
            .value();
    Protocol two = Protocol.MAPL.withShots(2).withShotSeed(4);
    EvaluationRecord first = evaluate(asked, shots, two, method);
    assertThat(first.name()).isEqualTo("jsonl-val-answers-2-shot");
    List<String> drawn = new ArrayList<>();
    first.scores().path("shotQuestions").forEach(id -> drawn.add(id.asText()));
    // One of image 1 and one of image 2; image 0 is asked about.
    assertThat(drawn).hasSize(2).contains("s3").doesNotContain("s0");
    try (Method other = ConnectorCheckpoint.load(Pocket.connector("captions"), bench.backbones())) {
      EvaluationRecord second = evaluate(asked, shots, two, other);
      assertThat(second.scores().path("shotQuestions"))
          .isEqualTo(first.scores().path("shotQuestions"));
    }
    assertThatThrownBy(() -> evaluate(asked, shots, Protocol.MAPL.withShots(3), method))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("about other images, but there are 2");
  }

  @Test
  void setsOfThingsAreNoVqaAccuracy() throws Exception {
    DatasetSpec spec =
        RecipeReader.readText(
                "{kind: daquar, split: val, images: [daquar/images]}",
                "test",
                List.of(),
                DatasetSpec::read)
            .value();
    EvaluationRecord record = evaluate(spec, Protocol.MAPL);
    RunFolder folder = RunFolder.create(root.resolve("runs/daquar"));
    record.write(folder);
    JsonNode again = score("daquar", folder.predictions().resolve(record.name() + ".json"));
    assertThat(again.path("task").asText()).isEqualTo("answer-sets");
    assertThat(again.get("corpus")).isEqualTo(record.scores().get("corpus"));
    assertThat(again.toString()).doesNotContain("VQA accuracy");
  }

  @Test
  void scoreWantsOneSortOfReferencesAndTakesAnyRule() throws Exception {
    Path results =
        Files.writeString(
            root.resolve("said.json"),
            "[{\"question_id\": 34602, \"answer\": \"yes\"},"
                + " {\"question_id\": 34603, \"answer\": \"Snow.\"}]");
    double textVqa = score("textvqa", results).path("corpus").path("VQA accuracy").asDouble();
    JsonNode official = score("textvqa", results, "--evaluator", "open-flamingo");
    assertThat(official.path("variants").path("VQA accuracy").asText()).startsWith("OpenFlamingo");
    assertThat(official.path("byEvaluator").path("textvqa").asDouble()).isEqualTo(textVqa);
    Cli both = Cli.run("score", "--on", "textvqa", "--refs", results, "--results", results);
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("either --refs FILE, or --on NAME").hasLineCount(1);
    Cli none = Cli.run("score", "--results", results);
    assertThat(none.code()).isEqualTo(2);
    Cli record = Cli.run("score", "--on", "textvqa", "--results", results, "--leave-out", "record");
    assertThat(record.err()).contains("give --refs instead of --on").hasLineCount(1);
  }
}
