package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.Pocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PICa from the command line, on a few postcards whose questions are written here. */
class PicaCommandTest {

  @TempDir Path temporary;
  private Path data;

  @BeforeEach
  void questions() throws IOException {
    data = SmallQuestions.write(temporary);
  }

  private Path recipe(String text) throws IOException {
    return Files.writeString(temporary.resolve("pica.yaml"), "method: pica\n" + text);
  }

  private Cli evaluate(Path recipe, Path out, String shots) {
    return Cli.run(
        "evaluate",
        recipe,
        "--on",
        "okvqa",
        "--split",
        "dev",
        "--shots",
        shots,
        "--data",
        data,
        "--out",
        out,
        "--threads",
        "1",
        "--format",
        "f32",
        "--json");
  }

  @Test
  void answersWithoutAndWithShots() throws Exception {
    Path recipe =
        recipe(
            """
            language: pocket-plain
            words: {beams: 1, max_tokens: 6, tags: 2}
            shots: {select: random, members: 2}
            """);
    Path out = temporary.resolve("run");
    Cli cli = evaluate(recipe, out, "0,1");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode all = new ObjectMapper().readTree(cli.out());
    assertThat(all).hasSize(2);
    assertThat(all.get(1).path("name").asText()).isEqualTo("okvqa-val-answers-1-shot");
    assertThat(all.get(1).path("system").asText()).isEqualTo("pica");
    assertThat(all.get(1).path("items").asInt()).isEqualTo(2);
    assertThat(all.get(1).path("pool").asInt()).isEqualTo(6);
    assertThat(all.get(1).path("members").asInt()).isEqualTo(2);
    JsonNode results =
        new ObjectMapper()
            .readTree(out.resolve("predictions/okvqa-val-answers-1-shot.json").toFile());
    assertThat(results.findValuesAsText("question_id")).containsExactly("1010", "1020");
    Cli report = Cli.run("report", out);
    assertThat(report.code()).as(report.err()).isZero();
    Cli train = Cli.run("train", recipe, "--out", temporary.resolve("none"));
    assertThat(train.code()).isEqualTo(2);
  }

  /** A joint space that has learned next to nothing, and a run of the embedded connector. */
  @Test
  void choosesShotsInAJointSpace() throws Exception {
    Path clip = temporary.resolve("clip");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 6; i++) {
      lines.append(
          "{\"image\": \"COCO_train2014_%012d.jpg\", \"captions\": [\"Picture %d .\"]}\n"
              .formatted(i, i));
    }
    Files.writeString(data.resolve("pictures.jsonl"), lines);
    Path spaceRecipe =
        Files.writeString(
            temporary.resolve("clip.yaml"),
            "method: clip\nclip: {image_hidden: 16, positions: 12, width: 16, layers: 1, heads: 2,"
                + " joint_width: 8}\ndata: {train: [{kind: jsonl, split: train, file:"
                + " pictures.jsonl, images: [coco/train2014]}]}\n"
                + "train: {steps: 2, batch: 6, warmup_steps: 1}\n");
    Cli train =
        Cli.run(
            "train",
            spaceRecipe,
            "--data",
            data,
            "--out",
            clip,
            "--threads",
            "1",
            "--format",
            "f32");
    assertThat(train.code()).as(train.err()).isZero();
    Path recipe =
        recipe(
            """
            words: {beams: 1, max_tokens: 6, tags: 0}
            shots: {select: imagequestion, space: clip, members: 2}
            """);
    Cli cli = evaluate(recipe, temporary.resolve("run"), "2");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode scores = new ObjectMapper().readTree(cli.out()).path(0);
    assertThat(scores.path("selection").asText()).isEqualTo("imagequestion");
    Cli tooMany = evaluate(recipe, temporary.resolve("run2"), "4");
    assertThat(tooMany.code()).isEqualTo(2);
    assertThat(tooMany.err()).contains("there are 6");
    Path run = Files.createDirectories(temporary.resolve("connector"));
    Files.copy(Pocket.connector("answers"), run.resolve("connector.safetensors"));
    Files.writeString(run.resolve("run.json"), "{\"command\": \"train\"}");
    Cli near =
        Cli.run(
            "evaluate",
            run,
            "--on",
            "okvqa",
            "--split",
            "dev",
            "--shots",
            "2",
            "--shot-space",
            clip,
            "--data",
            data,
            "--beams",
            "1",
            "--max-tokens",
            "4",
            "--threads",
            "1",
            "--json");
    assertThat(near.code()).as(near.err()).isZero();
    scores = new ObjectMapper().readTree(near.out()).path(0);
    assertThat(scores.path("name").asText()).isEqualTo("okvqa-val-answers-2-shot-image");
    assertThat(scores.path("selection").asText()).isEqualTo("image");
    assertThat(scores.path("pool").asInt()).isEqualTo(6);
  }

  @Test
  void takesCaptionsAndVectorsFromFiles() throws Exception {
    StringBuilder captions = new StringBuilder();
    for (int n : new int[] {1, 2, 3, 4, 5, 6, 101, 102}) {
      captions.append(n).append("\t[{\"caption\": \"caption ").append(n).append("\"}]\n");
    }
    Files.writeString(temporary.resolve("captions.tsv"), captions);
    Path recipe =
        recipe("words: {caption_files: [captions.tsv]}\nshots: {select: random, members: 1}\n");
    Cli cli = evaluate(recipe, temporary.resolve("run"), "2");
    assertThat(cli.code()).as(cli.err()).isZero();
    Files.writeString(
        temporary.resolve("captions.tsv"), captions.toString().replaceAll("101.*\n", ""));
    Cli lacking = evaluate(recipe, temporary.resolve("run2"), "2");
    assertThat(lacking.code()).isEqualTo(2);
    assertThat(lacking.err()).contains("no caption of image");
  }

  /** Nothing is begun that can not go on. */
  @Test
  void missingDataLeaveNoRun() throws Exception {
    Path recipe = recipe("shots: {select: random}\n");
    Path out = temporary.resolve("run");
    Cli cli =
        Cli.run(
            "evaluate",
            recipe,
            "--on",
            "okvqa",
            "--data",
            temporary.resolve("elsewhere"),
            "--out",
            out,
            "--threads",
            "1",
            "--format",
            "f32");
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("elsewhere");
    assertThat(out).doesNotExist();
  }

  @Test
  void saysWhatARecipeLacks() throws Exception {
    Path alike = recipe("shots: {select: question}\n");
    Cli cli = evaluate(alike, temporary.resolve("run"), "1");
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("needs either a space or files");
    Cli without = Cli.run("evaluate", recipe("shots: {select: random}\n"), "--on", "okvqa");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("--out is missing");
  }
}
