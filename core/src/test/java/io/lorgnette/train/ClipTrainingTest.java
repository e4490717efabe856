package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.FeatureWriter;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A joint space from data files to a folder, on eight things with features. */
class ClipTrainingTest {

  private static final String RECIPE =
      "method: clip\n"
          + "tokenizer: bert\n"
          + "clip: {image_hidden: 16, width: 32, layers: 2, heads: 4, positions: 12,"
          + " joint_width: 16}\n"
          + "dropout: 0\n"
          + "data: {train: [{kind: jsonl, images: [], file: things.jsonl}]}\n"
          + "train: {batch: 8, steps: 120, learning_rate: 0.01, warmup_steps: 5,"
          + " evaluate_every: 40, checkpoint_every: 1000, clip: 1, patience: 0, seed: 4}\n";
  private static final List<String> THINGS =
      List.of("cat", "dog", "bear", "horse", "zebra", "elephant", "bird", "cow");
  private static final int TOKENS = 3;
  private static final int WIDTH = 8;
  private static final Numerics F32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");
  private static final EncoderSpec EYES =
      new EncoderSpec("small-eyes", "eyes:1", "none", WIDTH, TOKENS, 100);

  @TempDir Path temporary;
  private Tokenizer tokenizer;
  private FeatureCache features;
  private final List<Dataset> open = new ArrayList<>();

  @BeforeEach
  void makeData() throws IOException {
    tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/bert"));
    StringBuilder lines = new StringBuilder();
    features =
        FeatureCache.open(temporary.resolve("cache"), "eyes:1", "none", TOKENS, WIDTH, Dtype.F32);
    Random random = new Random(9);
    try (Scope scope = Scope.open();
        FeatureWriter writer = features.writer(1000)) {
      for (int i = 0; i < THINGS.size(); i++) {
        float[] values = new float[TOKENS * WIDTH];
        for (int j = 0; j < values.length; j++) {
          values[j] = (float) random.nextGaussian();
        }
        writer.put(List.of(key(i)), Tensors.ofFloats(values, 1, TOKENS, WIDTH));
        lines.append(
            "{\"image\": \"%d.jpg\", \"captions\": [\"A %s on a Road!\", \"the %s .\"]}\n"
                .formatted(i, THINGS.get(i), THINGS.get(i)));
      }
    }
    Files.writeString(temporary.resolve("things.jsonl"), lines);
  }

  @AfterEach
  void close() {
    open.forEach(Dataset::close);
    features.close();
    tokenizer.close();
  }

  private static FeatureKey key(int image) {
    byte[] hash = new byte[32];
    hash[0] = (byte) image;
    return FeatureKey.ofHash(hash, 0);
  }

  private static Recipe<ClipRecipe> recipe(String... options) {
    Recipe<TrainRecipe> read =
        RecipeReader.readText(RECIPE, "test.yaml", List.of(options), TrainRecipe::read);
    return read.with((ClipRecipe) read.value());
  }

  private FeaturedDataset things() {
    DataRoots roots = new DataRoots(Optional.of(temporary), Optional.empty());
    Dataset dataset =
        Datasets.open(recipe().value().learned().get(0), roots, Problems.collecting());
    open.add(dataset);
    return new FeaturedDataset(
        dataset, IntStream.range(0, dataset.size()).mapToObj(i -> Optional.of(key(i))).toList());
  }

  private RunFolder folder(String name) {
    RunFolder folder = RunFolder.create(temporary.resolve(name));
    RunRecord.start(folder, "train", List.of(), recipe(), Map.of(), F32);
    return folder;
  }

  private TrainingLoop.Result run(RunFolder folder, BooleanSupplier stop, String... options) {
    return new ClipTraining(recipe(options), EYES, tokenizer, features)
        .run(
            folder,
            List.of(things()),
            List.of(things()),
            F32,
            ProcessGroup.alone(),
            TrainingListener.SILENT,
            stop);
  }

  @Test
  void learnsWhichTextBelongsToWhichImage() {
    RunFolder folder = folder("run");
    TrainingLoop.Result result = run(folder, () -> false);
    List<JsonNode> evaluations =
        folder.steps().stream().filter(line -> line.has("evaluation")).toList();
    assertThat(evaluations).hasSize(3);
    JsonNode last = evaluations.get(2).path("evaluation");
    assertThat(last.path("textRecall@1").asDouble()).isEqualTo(1);
    assertThat(last.path("imageRecall@1").asDouble()).isEqualTo(1);
    assertThat(last.path("loss").asDouble()).isLessThan(0.1);
    // Before anything is learned, guesses are no better than chance, and scaled.
    assertThat(folder.steps().get(0).path("loss").asDouble()).isGreaterThan(Math.log(8));
    assertThat(folder.steps().get(0).path("scale").asDouble()).isCloseTo(1 / 0.07, within(0.3));
    assertThat(folder.readJson("run.json").at("/result/pairsSeen").asInt())
        .isEqualTo((int) result.step() * 8);
    assertThat(folder.path().resolve("clip/model.safetensors")).exists();
  }

  @Test
  void aResumedRunReachesTheSameWeightsBitForBit() throws IOException {
    String[] options = {"train.steps=12", "train.evaluate_every=5", "train.batch=4", "dropout=0.2"};
    RunFolder whole = folder("whole");
    run(whole, () -> false, options);
    RunFolder cut = folder("cut");
    int[] steps = {0};
    assertThat(run(cut, () -> ++steps[0] == 7, options).end()).isEqualTo(TrainingLoop.End.STOPPED);
    assertThat(run(cut, () -> false, options).step()).isEqualTo(12);
    for (String name : List.of("clip/model.safetensors", "checkpoints/best.safetensors")) {
      assertThat(Files.readAllBytes(cut.path().resolve(name)))
          .as(name)
          .isEqualTo(Files.readAllBytes(whole.path().resolve(name)));
    }
  }

  @Test
  void whatCanNotBeTrainedIsRefused() {
    assertThatThrownBy(() -> recipe("train.accumulation=2"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("train.accumulation");
    assertThatThrownBy(() -> recipe("clip.heads=5"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("clip.width");
    assertThatThrownBy(() -> run(folder("a"), () -> false, "train.batch=9"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("9 different images but only 8");
  }
}
