package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.Interval;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreCommandTest {

  @TempDir Path folder;
  private Path references;
  private Path good;
  private Path bad;
  private Path annotations;
  private Path answers;

  @BeforeEach
  void write() throws Exception {
    references =
        file(
            "refs.json",
            """
            {"images": [{"id": 1}, {"id": 2}, {"id": 3}], "annotations": [
             {"id": 1, "image_id": 1, "caption": "A brown dog runs on the grass."},
             {"id": 2, "image_id": 1, "caption": "A dog is running."},
             {"id": 3, "image_id": 2, "caption": "Two boats lie on a lake at night."},
             {"id": 4, "image_id": 3, "caption": "A man rides a red bicycle down a hill."}]}
            """);
    good =
        file(
            "good.json",
            """
            [{"image_id": 1, "caption": "a brown dog runs on the grass"},
             {"image_id": 2, "caption": "two boats on a lake"},
             {"image_id": 3, "caption": "a man rides a bicycle"}]
            """);
    bad =
        file(
            "bad.jsonl",
            """
            {"image": "1", "caption": "a cat"}
            {"image": "2", "caption": "a cat on a sofa"}
            {"image": "3", "caption": "a cat sleeps"}
            """);
    annotations =
        file(
            "vqa.json",
            """
            {"annotations": [
             {"question_id": 10, "image_id": 1, "question_type": "is", "answer_type": "yes/no",
              "answers": [{"answer": "yes", "answer_id": 1}, {"answer": "yes", "answer_id": 2},
                          {"answer": "yes", "answer_id": 3}, {"answer": "yes", "answer_id": 4}]},
             {"question_id": 11, "image_id": 2, "question_type": "what", "answer_type": "other",
              "answers": [{"answer": "boat", "answer_id": 1}, {"answer": "boats", "answer_id": 2},
                          {"answer": "boat", "answer_id": 3}, {"answer": "ship", "answer_id": 4}]}]}
            """);
    answers =
        file(
            "answers.json",
            "[{\"question_id\": 10, \"answer\": \"yes\"}, {\"question_id\": 11, \"answer\": \"ship\"}]");
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  private static JsonNode json(Object... arguments) throws Exception {
    Cli cli = Cli.run(arguments);
    assertThat(cli.err()).isEmpty();
    assertThat(cli.code()).isZero();
    return new ObjectMapper().readTree(cli.out());
  }

  @Test
  void captionsAsTheLibraryScoresThem() throws Exception {
    JsonNode node = json("score", "--refs", references, "--results", good, "--json", "--seed=5");
    var files = CaptionFiles.read(references, good, Evaluated.REFERENCES);
    CaptionScores scores = CaptionScores.of(files.references(), files.results());
    for (String metric : CaptionScores.METRICS) {
      Interval interval = scores.interval(metric, 5, Interval.RESAMPLES);
      assertThat(node.path("corpus").path(metric).asDouble()).isEqualTo(interval.value());
      assertThat(node.path("intervals").path(metric).get(0).asDouble()).isEqualTo(interval.low());
      assertThat(node.path("intervals").path(metric).get(1).asDouble()).isEqualTo(interval.high());
    }
    assertThat(node.path("corpus").path("BLEU-1").asDouble()).isBetween(0.5, 1.0);
    assertThat(node.path("variants").path("tokens").asText()).contains("PTB");
    assertThat(node.path("images").asInt()).isEqualTo(3);
    assertThat(node.path("references").asInt()).isEqualTo(4);
    assertThat(node.path("bootstrapSeed").asInt()).isEqualTo(5);
    assertThat(node.path("notes").get(0).asText()).contains("only 3 images");
  }

  @Test
  void domainsOfTheImagesAreScoredApart() throws Exception {
    Path nocaps =
        file(
            "nocaps.json",
            Files.readString(references)
                .replace("{\"id\": 1}", "{\"id\": 1, \"domain\": \"near-domain\"}")
                .replace("{\"id\": 2}", "{\"id\": 2, \"domain\": \"in-domain\"}")
                .replace("{\"id\": 3}", "{\"id\": 3, \"domain\": \"near-domain\"}"));
    JsonNode node = json("score", "--refs", nocaps, "--results", good, "--json");
    JsonNode near = node.path("byDomain").path("near-domain");
    assertThat(near.path("images").asInt()).isEqualTo(2);
    assertThat(near.path("intervals").path("CIDEr")).hasSize(2);
    var files = CaptionFiles.read(references, good, Evaluated.REFERENCES);
    files.references().remove("2");
    files.results().remove("2");
    CaptionScores alone = CaptionScores.of(files.references(), files.results());
    assertThat(near.path("corpus").path("CIDEr").asDouble()).isEqualTo(alone.corpus().get("CIDEr"));
    assertThat(node.path("byDomain").path("in-domain").path("images").asInt()).isEqualTo(1);
    assertThat(json("score", "--refs", references, "--results", good, "--json").has("byDomain"))
        .isFalse();
    assertThat(Cli.run("score", "--refs", nocaps, "--results", good).out())
        .containsSubsequence("3 images", "in-domain: 1 images", "near-domain: 2 images");
  }

  @Test
  void peopleSeeScoresTimesHundredAndNotesOnStandardError() {
    Cli cli = Cli.run("score", "--refs", references, "--results", good);
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("3 images, 4 references", "CIDEr", "[").doesNotContain("only 3");
    assertThat(cli.err()).contains("only 3 images");
  }

  @Test
  void theDifferenceToAnotherSystemIsPaired() throws Exception {
    JsonNode node =
        json("score", "--refs", references, "--results", good, "--against", bad, "--json");
    JsonNode bleu = node.path("against").path("BLEU-1");
    assertThat(bleu.path("difference").asDouble())
        .isEqualTo(
            node.path("corpus").path("BLEU-1").asDouble() - bleu.path("other").asDouble(),
            within(1e-12));
    assertThat(bleu.path("interval").get(0).asDouble()).isPositive();
    assertThat(bleu.path("p").asDouble()).isLessThan(0.05);
    // With three images even the rarest exchange, all or none, comes in a quarter of all cases.
    assertThat(bleu.path("pRandomized").asDouble()).isBetween(0.15, 1.0);
    assertThat(Cli.run("score", "--refs", references, "--results", good, "--against", bad).out())
        .contains("minus " + bad, "seed 1", "+")
        .containsPattern("BLEU-1 .*  p 0\\.\\d{3}, 0\\.\\d{3}( |$|\\n)");
  }

  @Test
  void meteorIsNamedByItsWordLists() throws Exception {
    Path lists = Files.createDirectories(folder.resolve("meteor"));
    for (String name :
        List.of(
            "function/english.words",
            "nonbreaking/english.prefixes",
            "synonym/english.synsets",
            "synonym/english.exceptions")) {
      Files.createDirectories(lists.resolve(name).getParent());
      Files.writeString(lists.resolve(name), name.startsWith("function") ? "a\n" : "");
    }
    Object[] command = {
      "score", "--refs", references, "--results", good, "--json", "--meteor-data", lists
    };
    assertThat(json(command).path("corpus").path("METEOR (exact, stem, synonym)").isNumber())
        .isTrue();
    Files.createDirectories(lists.resolve("data"));
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(lists.resolve("data/paraphrase-en.gz")))) {
      out.write("0.5\na dog\nthe hound\n".getBytes(StandardCharsets.UTF_8));
    }
    JsonNode node = json(command);
    assertThat(node.path("corpus").path("METEOR").asDouble()).isBetween(0.1, 1.0);
    assertThat(node.path("variants").path("METEOR").asText()).contains("all modules");
    JsonNode without = json("score", "--refs", references, "--results", good, "--json");
    assertThat(without.path("corpus").path("METEOR (exact, stem)").isNumber()).isTrue();
    Cli none =
        Cli.run("score", "--refs", references, "--results", good, "--meteor-data", "no-such");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("no-such is not a folder").hasLineCount(1);
  }

  @Test
  void objectsThatAreNotThereAreCountedWithLabels() throws Exception {
    Path instances =
        file(
            "instances.json",
            """
            {"annotations": [{"image_id": 1, "category_id": 1}, {"image_id": 2, "category_id": 2}],
             "categories": [{"id": 1, "name": "dog"}, {"id": 2, "name": "boat"},
                            {"id": 3, "name": "cat"}, {"id": 4, "name": "sofa"}]}
            """);
    Path csv = folder.resolve("per-image.csv");
    JsonNode node =
        json(
            "score",
            "--refs",
            references,
            "--results",
            bad,
            "--instances",
            instances,
            "--per-image",
            csv,
            "--json");
    assertThat(node.path("corpus").path("CHAIR-i").asDouble()).isEqualTo(1);
    assertThat(node.path("corpus").path("CHAIR-s").asDouble()).isEqualTo(1);
    assertThat(node.path("variants").path("CHAIR-i").asText()).contains("CHAIR-style");
    assertThat(Files.readAllLines(csv).get(2)).endsWith(",cat sofa");
    JsonNode right =
        json("score", "--refs", references, "--results", good, "--instances", instances, "--json");
    assertThat(right.path("corpus").path("CHAIR-i").asDouble()).isZero();
    Cli alone =
        Cli.run("score", "--refs", references, "--results", good, "--object-names", instances);
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err()).contains("--object-names belongs to --instances").hasLineCount(1);
  }

  @Test
  void captionsThemselvesAreDescribed() throws Exception {
    JsonNode said =
        json("score", "--refs", references, "--results", good, "--json").path("captions");
    assertThat(said.path("words").asDouble()).isPositive();
    assertThat(said.path("distinct").asInt()).isEqualTo(3);
    assertThat(Cli.run("score", "--refs", references, "--results", good).out())
        .contains("3 different ones");
  }

  @Test
  void answersAreRecognised() throws Exception {
    JsonNode node = json("score", "--refs", annotations, "--results", answers, "--json");
    assertThat(node.path("task").asText()).isEqualTo("answers");
    // "ship" agrees with one of the three others for three annotators, with none for the fourth.
    double ship = 3 * (1 / 3.0) / 4;
    assertThat(node.path("corpus").path("VQA accuracy").asDouble())
        .isEqualTo((1 + ship) / 2, within(1e-12));
    assertThat(node.path("byAnswerType").path("other").asDouble()).isEqualTo(ship, within(1e-12));
    assertThat(node.path("byAnswerTypeIntervals").path("yes/no")).hasSize(2);
    assertThat(node.path("byQuestionType").path("is").asDouble()).isEqualTo(1);
    JsonNode lavis =
        json("score", "--refs", annotations, "--results", answers, "--json", "--evaluator=lavis");
    assertThat(lavis.path("variants").path("VQA accuracy").asText()).contains("LAVIS");
  }

  @Test
  void compressedFilesAreRecognisedToo() throws Exception {
    Path zipped = folder.resolve("answers.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(Files.readString(answers).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(json("score", "--refs", annotations, "--results", zipped, "--json"))
        .isEqualTo(json("score", "--refs", annotations, "--results", answers, "--json"));
  }

  @Test
  void everyImageHasALine() throws Exception {
    Path csv = folder.resolve("out.csv");
    Cli.run("score", "--refs", references, "--results", good, "--per-image", csv);
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.get(0))
        .isEqualTo("image,BLEU-1,BLEU-2,BLEU-3,BLEU-4,ROUGE-L,CIDEr,\"METEOR (exact, stem)\"");
    assertThat(lines).hasSize(4);
    assertThat(lines.get(1)).startsWith("1,").matches("1(,[0-9.Ee-]+){7}");
    Cli.run("score", "--refs", annotations, "--results", answers, "--per-image", csv);
    assertThat(Files.readAllLines(csv))
        .startsWith("question,image,accuracy", "10,1,1.0")
        .hasSize(3);
    assertThat(Scored.csv("a,\"b\"")).isEqualTo("\"a,\"\"b\"\"\"");
  }

  @Test
  void aMissingResultIsRefusedUnlessLeftOut() throws Exception {
    Path part = file("part.json", "[{\"image_id\": 1, \"caption\": \"a dog\"}]");
    Cli refused = Cli.run("score", "--refs", references, "--results", part);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("part.json", "2 of 3 images").hasLineCount(1);
    JsonNode node =
        json("score", "--refs", references, "--results", part, "--only-results", "--json");
    assertThat(node.path("images").asInt()).isEqualTo(1);
    assertThat(node.path("variants").path("images").asText()).isEqualTo("with results");
  }

  @Test
  void badInputIsOneSentence() throws Exception {
    Path broken = file("broken.json", "[{\"image_id\": 1, \"caption\": ");
    for (Path path : List.of(broken, folder.resolve("none.json"), folder)) {
      Cli cli = Cli.run("score", "--refs", references, "--results", path);
      assertThat(cli.code()).as("%s", path).isEqualTo(2);
      assertThat(cli.err()).contains(path.toString()).hasLineCount(1);
      assertThat(cli.out()).isEmpty();
    }
    assertThat(Cli.run("score", "--refs", references).err()).contains("--results");
    Cli zero = Cli.run("score", "--refs", references, "--results", good, "--resamples=0");
    assertThat(zero.code()).isEqualTo(2);
    assertThat(zero.err()).contains("--resamples");
  }
}
