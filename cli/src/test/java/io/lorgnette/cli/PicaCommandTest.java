package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
        "evaluate", recipe, "--on", "okvqa", "--split", "dev", "--shots", shots, "--data", data,
        "--out", out, "--threads", "1", "--format", "f32", "--json");
  }

  @Test
  void answersWithoutAndWithShots() throws Exception {
    Path recipe =
        recipe(
            "language: pocket-plain\nwords: {beams: 1, max_tokens: 6, tags: 2}\n"
                + "shots: {select: random, members: 2}\n");
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
