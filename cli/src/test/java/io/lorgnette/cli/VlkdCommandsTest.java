package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a joint space and an encoder-decoder to captions and answers, on eight postcards. */
class VlkdCommandsTest {

  private static final String SET = "{kind: jsonl, split: train, file: all.jsonl, images: [train]}";

  @TempDir Path temporary;

  private Path recipe(String name, String yaml) throws Exception {
    return Files.writeString(temporary.resolve(name + ".yaml"), yaml);
  }

  private static JsonNode run(Object... arguments) throws Exception {
    Cli cli = Cli.run(arguments);
    assertThat(cli.code()).as(cli.err()).isZero();
    return new ObjectMapper().readTree(cli.out());
  }

  private JsonNode train(String command, Path recipe, Path root, String out) throws Exception {
    return run(
        command,
        recipe,
        "--data",
        root,
        "--out",
        temporary.resolve(out),
        "--format",
        "f32",
        "--threads",
        "1",
        "--json");
  }

  @Test
  void aJointSpaceTeachesABart() throws Exception {
    Path root = Postcards.writeTo(temporary, new Postcards.Sizes(8, 0, 0), 5, (done, total) -> {});
    StringBuilder lines = new StringBuilder();
    StringBuilder captions = new StringBuilder();
    List<Path> pictures;
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      pictures = files.sorted().toList();
    }
    for (int i = 0; i < pictures.size(); i++) {
      Path name = pictures.get(i).getFileName();
      lines.append("{\"image\": \"%s\", \"captions\": [\"Picture %d .\"]}\n".formatted(name, i));
      captions.append("a picture number %d .\n".formatted(i).repeat(8));
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
    Files.writeString(root.resolve("captions.txt"), captions);
    Path clip =
        recipe(
            "clip",
            "method: clip\n"
                + "clip: {image_hidden: 32, positions: 8, width: 32, layers: 1, heads: 2,"
                + " joint_width: 16}\n"
                + "data: {train: [%s]}\n".formatted(SET)
                + "train: {steps: 2, batch: 8, warmup_steps: 1, evaluate_every: 0}\n");
    Path bart =
        recipe(
            "bart",
            "model: {kind: bart, width: 16, encoder_layers: 1, decoder_layers: 1, heads: 2,"
                + " hidden: 32, positions: 48}\n"
                + "tokenizer: pocket\nlength: 16\nrows: 2\n"
                + "text:\n"
                + "  - {name: captions, kind: captions, files: [captions.txt], held_out: 0.1}\n"
                + "train: {steps: 2, warmup_steps: 1, evaluate_every: 2, checkpoint_every: 50}\n");
    Path vlkd =
        recipe(
            "vlkd",
            "method: vlkd\nstates: 2\n"
                + "backbones: {vision: space/clip, language: bart/model}\n"
                + "data: {together: 1, max_tokens: 32, train: [%s]}\n".formatted(SET)
                + "train: {steps: 3, batch: 8, warmup_steps: 1, evaluate_every: 0, patience: 0}\n");
    train("train", clip, root, "space");
    train("pretrain", bart, root, "bart");

    JsonNode told = run("train", vlkd, "--dry-run", "--json");
    JsonNode result = train("train", vlkd, root, "run");
    assertThat(result.path("trainedParameters").asLong())
        .isEqualTo(told.path("trainedParameters").asLong());
    JsonNode step =
        new ObjectMapper()
            .readTree(Files.readAllLines(temporary.resolve("run/steps.jsonl")).get(2));
    for (String name : List.of("distance", "contrast", "infilling", "text")) {
      assertThat(step.path(name).asDouble()).as(name).isPositive();
    }

    Object[] models = {
      "--vision",
      temporary.resolve("space/clip"),
      "--language",
      temporary.resolve("bart/model"),
      "--connector",
      temporary.resolve("run"),
      "--threads",
      "1",
      "--format",
      "f32",
      "--json"
    };
    JsonNode caption = run(joined(models, "caption", pictures.get(0), "--max-tokens", "6"));
    assertThat(caption.has("caption")).isTrue();
    assertThat(caption.path("score").asDouble()).isNegative();
    JsonNode answer =
        run(joined(models, "answer", pictures.get(0), "What is it?", "--max-tokens", "6"));
    assertThat(answer.path("question").asText()).isEqualTo("What is it?");
    assertThat(answer.has("answer")).isTrue();
  }

  private static Object[] joined(Object[] models, Object... arguments) {
    return Stream.concat(Stream.of(arguments), Stream.of(models)).toArray();
  }
}
