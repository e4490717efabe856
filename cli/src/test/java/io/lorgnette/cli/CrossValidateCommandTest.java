package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Two systems in two folds of eight postcards in two splits. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrossValidateCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SET =
      "{kind: vqav2, split: %1$s, images: [coco/%1$s2014],"
          + " questions: okvqa/OpenEnded_mscoco_%1$s2014_questions.json,"
          + " annotations: okvqa/mscoco_%1$s2014_annotations.json}";

  private static final String RECIPE =
      """
      method: mapl
      mapper: {width: 32, heads: 2, layers: 1, feed_forward: 64, prefix_length: 4, dropout: 0}
      data:
        train: [%s, %s]
        learn: [questions]
      train: {steps: 2, batch: 4, warmup_steps: 1, evaluate_every: 0, checkpoint_every: 2}
      """
          .formatted(SET.formatted("train"), SET.formatted("val"));

  @TempDir static Path folder;
  private static Path data;
  private static Path recipe;

  @BeforeAll
  static void write() throws Exception {
    data = SmallQuestions.write(folder);
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
  }

  private static Cli run(Object... more) {
    Object[] command = {
      "cross-validate", recipe, "--data", data, "--out", runs(), "--format", "f32", "--threads", 1
    };
    return Cli.run(Stream.concat(Stream.of(command), Stream.of(more)).toArray());
  }

  private static Cli twoFolds() {
    return run(
        "--on",
        "vqav2",
        "--folds",
        2,
        "--against-set",
        "method=mapl-blind",
        "--write",
        folder.resolve("records"),
        "--json");
  }

  private static Path runs() {
    return folder.resolve("runs");
  }

  private static List<Path> folders(String ending) throws Exception {
    try (Stream<Path> all = Files.list(runs())) {
      return all.filter(path -> path.toString().endsWith(ending)).sorted().toList();
    }
  }

  @Test
  @Order(1)
  void everyQuestionIsAnsweredByTheRunThatHasNotSeenItsImage() throws Exception {
    Cli cli = twoFolds();
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.err()).contains("Step 8 of 8").doesNotContain("test images, first");
    JsonNode found = JSON.readTree(cli.out());
    assertThat(found.path("scores").findValuesAsText("system"))
        .containsExactly("mapl", "mapl", "mapl", "mapl-blind", "mapl-blind", "mapl-blind");
    assertThat(found.path("scores").findValuesAsText("name"))
        .startsWith(
            "vqav2-answers-2-folds", "vqav2-train-answers-2-folds", "vqav2-val-answers-2-folds");
    assertThat(found.path("scores").path(2).path("items").asInt()).isEqualTo(2);
    JsonNode scores = found.path("scores").path(0);
    assertThat(scores.path("name").asText()).isEqualTo("vqav2-answers-2-folds");
    assertThat(scores.path("split").asText()).contains("train").contains("val");
    assertThat(scores.path("items").asInt()).isEqualTo(8);
    assertThat(scores.path("images").asInt()).isEqualTo(8);

    double right = 0;
    int asked = 0;
    for (Path fold :
        Stream.concat(folders("fold-1").stream(), folders("fold-2").stream()).toList()) {
      if (fold.getFileName().toString().startsWith("mapl.")) {
        for (JsonNode one : JSON.readTree(fold.resolve("held-out.json").toFile())) {
          int items = one.path("items").asInt();
          right += items * one.path("corpus").path("VQA accuracy").asDouble();
          asked += items;
          assertThat(one.path("notes").toString()).doesNotContain("vqav2");
        }
      }
    }
    assertThat(asked).isEqualTo(8);
    assertThat(scores.path("corpus").path("VQA accuracy").asDouble(-1))
        .isCloseTo(right / asked, within(1e-9));

    JsonNode differences = found.path("differences");
    assertThat(differences).hasSize(6); // all and one type, of all, train and val
    assertThat(differences.path(0).path("minusSystem").asText()).isEqualTo("mapl-blind");
    assertThat(differences.path(1).path("answerType").asText()).isEqualTo("other");
    assertThat(differences.path(0).path("difference").asDouble(-1))
        .isCloseTo(
            scores.path("corpus").path("VQA accuracy").asDouble()
                - found.at("/scores/3/corpus/VQA accuracy").asDouble(),
            within(1e-9));
  }

  @Test
  @Order(2)
  void recordsHoldScoresOnly() throws Exception {
    Path records = folder.resolve("records");
    assertThat(records.resolve("mapl/evaluations/vqav2-answers-2-folds.json")).exists();
    assertThat(records.resolve("mapl-blind/evaluations/vqav2-answers-2-folds.json")).exists();
    assertThat(JSON.readTree(records.resolve("mapl/differences.json").toFile())).hasSize(6);
    JsonNode run = JSON.readTree(records.resolve("mapl/run.json").toFile());
    assertThat(run.path("runs")).hasSize(2);
    try (Stream<Path> files = Files.walk(records)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file))
            .doesNotContain("What is number")
            .doesNotContain(folder.toString());
      }
    }
  }

  @Test
  @Order(3)
  void whatIsThereIsNotMadeAgain() throws Exception {
    Path fold = folders("fold-2").get(0);
    FileTime trained = Files.getLastModifiedTime(fold.resolve("connector.safetensors"));
    Files.delete(fold.resolve("held-out.json"));
    Cli cli = twoFolds();
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.err()).contains("evaluate").doesNotContain("lorgnette train");
    assertThat(Files.getLastModifiedTime(fold.resolve("connector.safetensors"))).isEqualTo(trained);
  }

  @Test
  @Order(4)
  void wrongUseIsOneSentence() throws Exception {
    refused(run("--on", "vqav2", "--folds", 1), "at least 2 folds");
    refused(run("--on", "flickr8k"), "recipe.yaml does not learn from flickr8k");
    refused(
        run("--on", "vqav2", "--set", "data.validation=[" + SET.formatted("val") + "]"),
        "its weights would be chosen by images that are held out");
    refused(
        run("--on", "vqav2", "--set", "data.train.0.hold_out={folds: 2, fold: 3}"),
        "fold must be at most the number of folds, 2, but is 3");
    Path fold = folders("fold-1").get(0);
    refused(
        Cli.run("evaluate", fold, "--held-out", "--on", "vqav2", "--data", data),
        "goes without --on");
    refused(Cli.run("evaluate", fold, "--data", data), "--on is missing");
    Path whole = folder.resolve("whole");
    Cli.run("train", recipe, "--data", data, "--out", whole, "--format", "f32", "--threads", 1);
    refused(
        Cli.run("evaluate", whole, "--held-out", "--data", data),
        "whole holds nothing out: no set of its data.train has hold_out");
  }

  private static void refused(Cli cli, String why) {
    assertThat(cli.code()).as(cli.err()).isEqualTo(2);
    assertThat(cli.err()).contains(why).hasLineCount(1);
  }
}
