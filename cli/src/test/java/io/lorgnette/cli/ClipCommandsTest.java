package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import io.lorgnette.vision.JointTexts;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
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
      servesAsAnEncoder(out.resolve("clip"), pair, texts);
    }
  }

  /** The run's folder has all that is needed, as a folder of CLIP has. */
  private static void servesAsAnEncoder(Path folder, DualEncoder pair, Tensor texts) {
    assertThat(VisionEncoders.shape(folder).embedding()).isEqualTo(16);
    int size = pair.images().processor().size();
    try (Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder one = VisionEncoders.load(folder, "one", Dtype.F32, Device.CPU);
        VisionEncoder all = VisionEncoders.load(folder, Dtype.F32, Device.CPU);
        JointTexts words = JointTexts.load(folder, Dtype.F32, Device.CPU);
        DualEncoder again = DualEncoder.load(folder, Dtype.F32, Device.CPU)) {
      Tensor pixels = Tensors.zeros(Dtype.F32, Device.CPU, 1, 3, size, size).add(new Scalar(0.3));
      assertThat(one.tokens()).isEqualTo(1);
      assertThat(one.width()).isEqualTo(16);
      assertThat(one.parameterCount()).isEqualTo(VisionEncoders.shape(folder).parameters());
      assertThat(one.identity()).startsWith(all.identity() + " in sha256:");
      assertThat(all.identity()).isEqualTo(pair.images().identity());
      float[] seen = Tensors.toFloats(pair.images().imageEmbeds(pixels));
      assertThat(Tensors.toFloats(one.encode(pixels).select(1, 0))).isEqualTo(seen);
      assertThat(Tensors.toFloats(again.images().imageEmbeds(pixels))).isEqualTo(seen);
      assertThat(Tensors.toFloats(words.embeds(List.of("Picture 0 .", "Picture 1 ."))))
          .containsExactly(Tensors.toFloats(texts), within(1e-5f));
      assertThat(words.width()).isEqualTo(16);
    }
  }
}
