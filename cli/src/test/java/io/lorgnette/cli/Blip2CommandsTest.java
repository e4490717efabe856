package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both stages of BLIP-2 and retrieval, from the command line, on eight postcards. */
class Blip2CommandsTest {

  private static final String SET = "{kind: jsonl, split: train, file: all.jsonl, images: [train]}";
  private static final String QFORMER =
      "qformer: {queries: 3, width: 32, layers: 2, heads: 4, hidden: 64, dropout: 0%s}\n";
  private static final String TRAIN =
      "train: {steps: 4, batch: 8, warmup_steps: 1, evaluate_every: 0, checkpoint_every: 2}\n";

  @TempDir static Path temporary;
  private static Path root;

  @BeforeAll
  static void draw() throws Exception {
    root = Postcards.writeTo(temporary, new Postcards.Sizes(8, 0, 0), 5, (done, total) -> {});
    // As Flickr8k's development split, too, where retrieval finds it.
    Path flickr = Files.createDirectories(root.resolve("flickr8k/flickr8k-dev-000.tar"));
    StringBuilder list = new StringBuilder();
    StringBuilder tokens = new StringBuilder();
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      for (Path picture : files.sorted().toList()) {
        Files.copy(picture, flickr.resolve(picture.getFileName()));
        list.append(picture.getFileName()).append('\n');
        tokens.append("%s#0\tPicture %d .\n".formatted(picture.getFileName(), lines.length()));
        lines.append(
            "{\"image\": \"%s\", \"captions\": [\"Picture %d .\", \"a postcard\"]}\n"
                .formatted(picture.getFileName(), lines.length()));
      }
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
    Files.writeString(root.resolve("flickr8k/Flickr8k.token.txt"), tokens);
    Files.writeString(root.resolve("flickr8k/Flickr_8k.devImages.txt"), list);
    Files.writeString(
        temporary.resolve("stage1.yaml"),
        "method: blip2-stage1\ntokenizer: pocket\n"
            + QFORMER.formatted(", positions: 16, joint_width: 16")
            + "data: {max_tokens: 16, train: ["
            + SET
            + "]}\n"
            + TRAIN);
    Files.writeString(
        temporary.resolve("stage2.yaml"),
        "method: blip2\nstart: run1/stage1.safetensors\n"
            + QFORMER.formatted("")
            + "data: {train: ["
            + SET
            + "]}\n"
            + TRAIN);
  }

  private static Cli train(String recipe, Path out, String... more) {
    Object[] base = {
      "train",
      temporary.resolve(recipe),
      "--data",
      root,
      "--out",
      out,
      "--format",
      "f32",
      "--threads",
      "1",
      "--json"
    };
    return Cli.run(Stream.concat(Stream.of(base), Stream.of(more)).toArray());
  }

  private static JsonNode json(Cli cli) throws Exception {
    assertThat(cli.code()).as(cli.err()).isZero();
    return new ObjectMapper().readTree(cli.out());
  }

  @Test
  void trainsBothStagesAndRetrieves() throws Exception {
    Path run = temporary.resolve("run1");
    JsonNode result = json(train("stage1.yaml", run));
    assertThat(result.path("step").asLong()).isEqualTo(4);
    assertThat(result.path("pairsSeen").asLong()).isEqualTo(32);
    assertThat(run.resolve("stage1.safetensors")).isNotEmptyFile();

    // Half of it, then the other half: the same weights.
    Path halves = temporary.resolve("halves");
    json(train("stage1.yaml", halves, "--set", "train.steps=4"));
    Files.delete(halves.resolve("stage1.safetensors"));
    Path last = halves.resolve("checkpoints");
    try (Stream<Path> steps = Files.list(last)) {
      assertThat(steps.map(path -> path.getFileName().toString())).contains("step-000000004");
    }
    json(train("stage1.yaml", halves, "--resume"));
    assertThat(halves.resolve("stage1.safetensors"))
        .hasSameBinaryContentAs(run.resolve("stage1.safetensors"));

    JsonNode found =
        json(
            Cli.run(
                "retrieve",
                run,
                "--on",
                "flickr8k",
                "--rerank",
                "2",
                "--threads",
                "1",
                "--json",
                "--data",
                root));
    assertThat(found.path("images").asInt()).isEqualTo(8);
    assertThat(found.path("texts").asInt()).isEqualTo(8);
    for (String side : List.of("textRecall", "imageRecall")) {
      double one = found.path(side).path("@1").path("value").asDouble();
      double ten = found.path(side).path("@10").path("value").asDouble();
      assertThat(one).isBetween(0.0, ten);
      assertThat(ten).isLessThanOrEqualTo(1);
    }
    assertThat(run.resolve("retrieval-flickr8k-dev.json")).isNotEmptyFile();

    Path second = temporary.resolve("run2");
    JsonNode connector = json(train("stage2.yaml", second));
    assertThat(connector.path("textsSeen").asLong()).isEqualTo(32);
    assertThat(second.resolve("connector.safetensors")).isNotEmptyFile();
    Cli other = train("stage2.yaml", temporary.resolve("run3"), "--set", "qformer.layers=3");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("stage1.safetensors");
  }

  @Test
  void wrongUseIsOneSentence() {
    Cli absent = train("stage1.yaml", temporary.resolve("none"), "--set", "tokenizer=no/such/file");
    assertThat(absent.code()).isEqualTo(2);
    assertThat(absent.err()).contains("no/such/file does not exist, the tokenizer of the recipe");
    assertThat(temporary.resolve("none")).doesNotExist();

    Path unstarted = temporary.resolve("unstarted");
    Cli noStart = train("stage2.yaml", unstarted, "--set", "start=no/such.safetensors");
    assertThat(noStart.code()).isEqualTo(2);
    assertThat(noStart.err()).contains("such.safetensors does not exist, where the recipe starts");
    assertThat(unstarted).doesNotExist();

    Cli noRun = Cli.run("retrieve", root, "--on", "flickr8k");
    assertThat(noRun.code()).isEqualTo(2);
  }

  @Test
  void aDryRunTellsSizes() {
    Cli dry = Cli.run("train", temporary.resolve("stage1.yaml"), "--dry-run");
    assertThat(dry.code()).as(dry.err()).isZero();
    assertThat(dry.err()).contains("Would train BLIP-2, stage 1", "4 steps of 8 pairs");
    assertThat(dry.out()).contains("method: blip2-stage1", "temperature: 0.07");
  }
}
