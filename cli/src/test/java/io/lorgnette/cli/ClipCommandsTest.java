package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A joint space from the command line, on eight postcards. */
class ClipCommandsTest {

  @TempDir Path temporary;

  @Test
  void learnsPostcardsByHeartAndIsADualEncoder() throws Exception {
    Path root = Postcards.writeTo(temporary, new Postcards.Sizes(8, 0, 0), 5, (done, total) -> {});
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      for (Path picture : files.sorted().toList()) {
        lines.append(
            "{\"image\": \"%s\", \"captions\": [\"Picture %d .\"]}\n"
                .formatted(picture.getFileName(), lines.length()));
      }
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
    String set = "{kind: jsonl, split: train, file: all.jsonl, images: [train]}";
    Path recipe = temporary.resolve("clip.yaml");
    Files.writeString(
        recipe,
        "method: clip\ndropout: 0\n"
            + "clip: {image_hidden: 32, positions: 8, width: 32, layers: 1, heads: 2,"
            + " joint_width: 16}\n"
            + "data: {train: [%s], validation: [%s]}\n".formatted(set, set)
            + "train: {steps: 60, batch: 8, learning_rate: 0.01, warmup_steps: 5,"
            + " evaluate_every: 60, patience: 0}\n");
    Cli dry = Cli.run("train", recipe, "--dry-run", "--json");
    assertThat(dry.code()).as(dry.err()).isZero();
    long parameters = new ObjectMapper().readTree(dry.out()).path("trainedParameters").asLong();
    Path out = temporary.resolve("run");
    Cli cli =
        Cli.run(
            "train",
            recipe,
            "--data",
            root,
            "--out",
            out,
            "--format",
            "f32",
            "--threads",
            "1",
            "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode result = new ObjectMapper().readTree(cli.out());
    assertThat(result.path("pairsSeen").asLong()).isEqualTo(480);
    assertThat(result.path("trainedParameters").asLong()).isEqualTo(parameters);
    List<String> steps = Files.readAllLines(out.resolve("steps.jsonl"));
    JsonNode evaluation =
        new ObjectMapper().readTree(steps.get(steps.size() - 1)).path("evaluation");
    assertThat(evaluation.path("textRecall@1").asDouble()).isEqualTo(1);
    assertThat(evaluation.path("imageRecall@1").asDouble()).isEqualTo(1);
    try (Scope scope = Scope.open();
        Tokenizer tokenizer = Tokenizer.load(Pocket.tokenizer());
        DualEncoder pair =
            DualEncoder.over(
                VisionEncoders.load(Pocket.vision(), Dtype.F32, Device.CPU),
                out.resolve("clip"),
                Dtype.F32,
                Device.CPU)) {
      Tensor texts =
          pair.textEmbeds(pair.texts().ids(tokenizer, List.of("Picture 0 .", "Picture 1 .")), null);
      assertThat(Tensors.shape(texts)).containsExactly(2, 16);
    }
  }
}
