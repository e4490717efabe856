package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodKind;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connector from data files to a checkpoint. */
class ConnectorTrainingTest {

  private static final String RECIPE =
      "method: mapl\n"
          + "mapper: {width: 32, heads: 4, prefix_length: 3, layers: 2, feed_forward: 48}\n"
          + "data: {learn: [captions, questions], together: 3, train: [{kind: flickr8k}]}\n"
          + "train: {batch: 12, accumulation: 2, steps: 30, learning_rate: 0.01, warmup_steps: 2,"
          + " evaluate_every: 10, checkpoint_every: 100, patience: 0, seed: 4, clip: 1}\n";

  private static final Numerics F32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");

  @TempDir Path temporary;

  private RunFolder folder(String name) {
    RunFolder folder = RunFolder.create(temporary.resolve(name));
    RunRecord.start(folder, "train", List.of(), SmallWorld.recipe(RECIPE), Map.of(), F32);
    return folder;
  }

  private static ConnectorTraining training(
      SmallWorld world, Optional<Path> start, String... options) {
    Recipe<ConnectorRecipe> recipe = SmallWorld.recipe(RECIPE, options);
    return new ConnectorTraining(recipe, world.backbones, world.features, start);
  }

  private static TrainingLoop.Result run(
      SmallWorld world, RunFolder folder, BooleanSupplier stop, String... options) {
    return run(world, world.dataset("train.jsonl"), folder, stop, options);
  }

  private static TrainingLoop.Result run(
      SmallWorld world,
      FeaturedDataset train,
      RunFolder folder,
      BooleanSupplier stop,
      String... options) {
    return training(world, Optional.empty(), options)
        .run(
            folder,
            List.of(train),
            List.of(world.dataset("dev.jsonl")),
            F32,
            ProcessGroup.alone(),
            TrainingListener.SILENT,
            stop);
  }

  @Test
  void learnsWhatOnlyTheImageTells() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder sighted = folder("sighted");
      RunFolder blind = folder("blind");
      TrainingLoop.Result seeing = run(world, sighted, () -> false);
      TrainingLoop.Result guessing = run(world, blind, () -> false, "method=mapl-blind");
      List<Double> losses = losses(sighted);
      assertThat(losses).hasSize(30);
      assertThat(seeing.best()).isLessThan(guessing.best() - 0.1);
      assertThat(
              ConnectorCheckpoint.origin(blind.path().resolve("connector.safetensors"))
                  .config()
                  .kind())
          .isEqualTo(MethodKind.MAPL_BLIND);
    }
  }

  @Test
  void whatATrainingStartsFromIsWhatItHasBeforeItLearns() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      ConnectorTraining.Before before =
          training(world, Optional.empty()).before(List.of(world.dataset("dev.jsonl")), F32);
      TrainingLoop.Result still =
          run(world, folder("still"), () -> false, "train.steps=1", "train.learning_rate=1e-12");
      assertThat(before.atStart()).isCloseTo(still.best(), within(1e-5));
      assertThat(before.languageModelAlone()).isPositive().isNotEqualTo(before.atStart());
      // Another connector, the same language model.
      ConnectorTraining.Before other =
          training(world, Optional.empty(), "train.seed=9")
              .before(List.of(world.dataset("dev.jsonl")), F32);
      assertThat(other.languageModelAlone()).isEqualTo(before.languageModelAlone());
      assertThat(other.atStart()).isNotEqualTo(before.atStart());
    }
  }

  @Test
  void leavesTheBestWeightsWithTheirOrigin() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder folder = folder("run");
      TrainingLoop.Result result = run(world, folder, () -> false);
      Path file = folder.path().resolve(ConnectorTraining.CONNECTOR);
      ConnectorOrigin origin = ConnectorCheckpoint.origin(file);
      assertThat(origin.step()).isEqualTo(result.bestStep());
      assertThat(origin.pair()).isEqualTo(world.backbones.pair());
      assertThat(origin.toolVersion()).startsWith(BuildInfo.read().version());
      assertThat(origin.recipe())
          .hasSize(64)
          .isEqualTo(folder.readJson("run.json").path("recipeSha256").asText());
      try (Method method = ConnectorCheckpoint.load(file, world.backbones)) {
        ConnectorTexts held =
            new ConnectorTexts(
                List.of(world.dataset("dev.jsonl")),
                java.util.Set.of(TextKind.CAPTIONS, TextKind.QUESTIONS),
                method.prompts(),
                64);
        ConnectorTask task =
            new ConnectorTask(
                method,
                world.features,
                held,
                Optional.of(held),
                SmallWorld.recipe(RECIPE).value(),
                Dtype.F32,
                ProcessGroup.alone());
        assertThat(task.evaluate()).hasSize(1);
        assertThat(task.evaluate().get("loss")).isCloseTo(result.best(), within(1e-6));
      }
      JsonNode run = folder.readJson("run.json");
      assertThat(run.at("/data/train/captions").asInt()).isEqualTo(24);
      assertThat(run.at("/data/train/questions").asInt()).isEqualTo(12);
      assertThat(run.at("/data/train/sets/0/sha256").asText()).hasSize(64);
      assertThat(run.at("/result/end").asText()).isEqualTo("finished");
      assertThat(run.at("/result/textsSeen").asInt()).isEqualTo(360);
      assertThat(run.at("/result/trainedParameters").asLong())
          .isEqualTo(origin.config().describe(origin.pair()).trainedParameters());
      assertThat(run.at("/parts").size()).isEqualTo(3);
    }
  }

  @Test
  void aResumedRunReachesTheSameWeightsBitForBit() throws Exception {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder whole = folder("whole");
      run(world, whole, () -> false, "train.steps=14");
      RunFolder cut = folder("cut");
      int[] steps = {0};
      assertThat(run(world, cut, () -> ++steps[0] == 7, "train.steps=14").end())
          .isEqualTo(TrainingLoop.End.STOPPED);
      assertThat(run(world, cut, () -> false, "train.steps=14").step()).isEqualTo(14);
      for (String name : List.of("connector.safetensors", "checkpoints/best.safetensors")) {
        assertThat(Files.readAllBytes(cut.path().resolve(name)))
            .as(name)
            .isEqualTo(Files.readAllBytes(whole.path().resolve(name)));
      }
      assertThat(losses(cut)).isEqualTo(losses(whole));
    }
  }

  @Test
  void aRunWithViewsAndAnAverageIsResumedBitForBit() throws Exception {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      String[] options = {"train.steps=14", "train.average=0.9"};
      FeaturedDataset varied = world.varied("train.jsonl");
      RunFolder whole = folder("whole");
      run(world, varied, whole, () -> false, options);
      RunFolder cut = folder("cut");
      int[] steps = {0};
      run(world, varied, cut, () -> ++steps[0] == 7, options);
      run(world, varied, cut, () -> false, options);
      assertThat(losses(cut)).isEqualTo(losses(whole)).hasSize(14);
      String last = "checkpoints/step-000000014/";
      for (String name :
          List.of(
              "connector.safetensors",
              last + "trained.safetensors",
              last + "average.safetensors")) {
        assertThat(Files.readAllBytes(cut.path().resolve(name)))
            .as(name)
            .isEqualTo(Files.readAllBytes(whole.path().resolve(name)));
      }
      // What is kept are the averages of the step that scored best, the last one here.
      try (Checkpoint kept = Checkpoint.open(whole.checkpoints().resolve("best.safetensors"));
          Checkpoint mean = Checkpoint.open(whole.path().resolve(last + "average.safetensors"));
          Checkpoint weights = Checkpoint.open(whole.path().resolve(last + "trained.safetensors"));
          Scope scope = Scope.open()) {
        assertThat(values(kept)).isEqualTo(values(mean)).isNotEqualTo(values(weights));
      }
    }
  }

  private static List<Float> values(Checkpoint file) {
    List<Float> values = new ArrayList<>();
    for (String name : file.names()) {
      for (float value : Tensors.toFloats(file.get(name))) {
        values.add(value);
      }
    }
    return values;
  }

  @Test
  void trainingPhotosAreSeenInTheirViewsAndHeldOutOnesAreNot() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      String[] still = {"train.steps=9", "train.learning_rate=1e-12", "mapper.dropout=0"};
      RunFolder plain = folder("plain");
      RunFolder varied = folder("varied");
      TrainingLoop.Result as = run(world, plain, () -> false, still);
      TrainingLoop.Result in = run(world, world.varied("train.jsonl"), varied, () -> false, still);
      assertThat(losses(varied)).isNotEqualTo(losses(plain));
      assertThat(in.best()).isEqualTo(as.best());
      // Held-out views, which no recipe makes, would not be looked at either.
      RunFolder held = folder("held");
      TrainingLoop.Result also =
          training(world, Optional.empty(), still)
              .run(
                  held,
                  List.of(world.dataset("train.jsonl")),
                  List.of(world.varied("dev.jsonl")),
                  F32,
                  ProcessGroup.alone(),
                  TrainingListener.SILENT,
                  () -> false);
      assertThat(also.best()).isEqualTo(as.best());
      assertThat(losses(held)).isEqualTo(losses(plain));
    }
  }

  @Test
  void aResumedRunNeedsTheSameData() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder folder = folder("run");
      int[] steps = {0};
      run(world, folder, () -> ++steps[0] == 3);
      world.write("train.jsonl", line -> line.replace("boat", "ship"));
      assertThatThrownBy(() -> run(world, folder, () -> false))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("started with other data");
    }
  }

  @Test
  void goesOnFromAConnector() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder first = folder("first");
      double before = run(world, first, () -> false).best();
      Optional<Path> start = Optional.of(first.path().resolve(ConnectorTraining.CONNECTOR));
      RunFolder second = folder("second");
      training(world, start, "train.steps=1")
          .run(
              second,
              List.of(world.dataset("train.jsonl")),
              List.of(world.dataset("dev.jsonl")),
              F32,
              ProcessGroup.alone(),
              TrainingListener.SILENT,
              () -> false);
      // The first step of a warm-up has rate 0.
      assertThat(second.steps().get(1).at("/evaluation/loss").asDouble())
          .isCloseTo(before, within(1e-6));
      assertThatThrownBy(
              () ->
                  training(world, start, "mapper.layers=1")
                      .run(
                          folder("third"),
                          List.of(world.dataset("train.jsonl")),
                          List.of(),
                          F32,
                          ProcessGroup.alone(),
                          TrainingListener.SILENT,
                          () -> false))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("but the recipe asks for");
    }
  }

  @Test
  void keepsTheLastWeightsWithoutValidation() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder folder = folder("run");
      training(world, Optional.empty(), "train.steps=4")
          .run(
              folder,
              List.of(world.dataset("train.jsonl", 3)),
              List.of(),
              F32,
              ProcessGroup.alone(),
              TrainingListener.SILENT,
              () -> false);
      assertThat(
              ConnectorCheckpoint.origin(folder.path().resolve(ConnectorTraining.CONNECTOR)).step())
          .isEqualTo(4);
      assertThat(folder.readJson("run.json").at("/data/train/images").asInt()).isEqualTo(11);
    }
  }

  @Test
  void computesInBf16WithWeightsInF32() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder full = folder("full");
      RunFolder half = folder("half");
      run(world, full, () -> false, "train.steps=8", "mapper.dropout=0");
      training(world, Optional.empty(), "train.steps=8", "mapper.dropout=0")
          .run(
              half,
              List.of(world.dataset("train.jsonl")),
              List.of(world.dataset("dev.jsonl")),
              new Numerics(Device.CPU, Dtype.BF16, 1, "test"),
              ProcessGroup.alone(),
              TrainingListener.SILENT,
              () -> false);
      List<Double> wide = losses(full);
      List<Double> narrow = losses(half);
      assertThat(narrow).isNotEqualTo(wide);
      for (int i = 0; i < wide.size(); i++) {
        assertThat(narrow.get(i)).isCloseTo(wide.get(i), within(0.05));
      }
      Path file = half.path().resolve(ConnectorTraining.CONNECTOR);
      try (Method method = ConnectorCheckpoint.load(file, world.backbones)) {
        for (Map.Entry<String, org.bytedeco.pytorch.Tensor> entry :
            method.trained().asMap().entrySet()) {
          assertThat(Tensors.dtype(entry.getValue())).as(entry.getKey()).isEqualTo(Dtype.F32);
        }
      }
    }
  }

  @Test
  void refusesTextsThatTheLanguageModelHasNoRoomFor() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      assertThatThrownBy(() -> run(world, folder("run"), () -> false, "data.max_tokens=94"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("data.max_tokens is 94")
          .hasMessageContaining("has room for 93");
    }
  }

  @Test
  void refusesToRunLayersAgainThatAreTrained() {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      assertThatThrownBy(
              () -> run(world, folder("run"), () -> false, "method=lora", "train.recompute=true"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("train.recompute runs the layers of a frozen decoder again");
    }
  }

  private static List<Double> losses(RunFolder folder) {
    List<Double> losses = new ArrayList<>();
    folder.steps().stream()
        .filter(line -> line.has("loss"))
        .forEach(line -> losses.add(line.path("loss").asDouble()));
    return losses;
  }
}
