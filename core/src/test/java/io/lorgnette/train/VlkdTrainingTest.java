package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.TinyBackbones;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A BART taught by a joint space, from data files to a checkpoint. */
class VlkdTrainingTest {

  private static final List<String> PARTS = List.of("distance", "contrast", "infilling", "text");

  private static final String RECIPE =
      "method: vlkd\n"
          + "states: 2\n"
          + "losses: {distance: 2, contrast: 0.5, infilling: 3, text: 0.25}\n"
          + "data: {learn: [captions], together: 1, train: [{kind: flickr8k}]}\n"
          + "train: {batch: 8, accumulation: 2, steps: 8, learning_rate: 0.01, warmup_steps: 1,"
          + " evaluate_every: 4, checkpoint_every: 100, patience: 0, seed: 4, clip: 1}\n";

  @TempDir Path temporary;

  private RunFolder run(Backbones backbones, String name, int threads, BooleanSupplier stop) {
    Path path = temporary.resolve(name);
    boolean there = Files.exists(path);
    Recipe<ConnectorRecipe> recipe = SmallWorld.recipe(RECIPE);
    Numerics numerics = new Numerics(Device.CPU, Dtype.F32, threads, "test");
    RunFolder folder = there ? RunFolder.open(path) : RunFolder.create(path);
    if (!there) {
      RunRecord.start(folder, "train", List.of(), recipe, Map.of(), numerics);
    }
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"), backbones)) {
      new ConnectorTraining(recipe, world.backbones, world.features, Optional.empty())
          .run(
              folder,
              List.of(world.dataset("train.jsonl")),
              List.of(world.dataset("dev.jsonl")),
              numerics,
              ProcessGroup.alone(),
              TrainingListener.SILENT,
              stop);
    }
    return folder;
  }

  @Test
  void aResumedRunReachesTheSameWeightsBitForBit() throws Exception {
    try (TinyBackbones tiny = TinyBackbones.forMethod(SmallWorld.recipe(RECIPE).value().method())) {
      RunFolder whole = run(tiny.get(), "whole", 1, () -> false);
      int[] steps = {0};
      run(tiny.get(), "cut", 1, () -> ++steps[0] == 3);
      RunFolder cut = run(tiny.get(), "cut", 1, () -> false);
      // Images are each other's wrong examples: a batch is one part on any number of threads.
      RunFolder two = run(tiny.get(), "two", 2, () -> false);
      String connector = ConnectorTraining.CONNECTOR;
      byte[] bytes = Files.readAllBytes(whole.path().resolve(connector));
      assertThat(Files.readAllBytes(cut.path().resolve(connector))).isEqualTo(bytes);
      assertThat(Files.readAllBytes(two.path().resolve(connector))).isEqualTo(bytes);
    }
  }

  @Test
  void everyLossIsLogged() {
    try (TinyBackbones tiny = TinyBackbones.forMethod(SmallWorld.recipe(RECIPE).value().method())) {
      List<JsonNode> lines = run(tiny.get(), "run", 1, () -> false).steps();
      assertThat(lines).hasSize(10);
      for (JsonNode line : lines) {
        JsonNode values = line.has("evaluation") ? line.path("evaluation") : line;
        PARTS.forEach(name -> assertThat(values.path(name).asDouble()).as(name).isPositive());
        assertThat(values.path("loss").asDouble())
            .isCloseTo(
                2 * values.path("distance").asDouble()
                    + 0.5 * values.path("contrast").asDouble()
                    + 3 * values.path("infilling").asDouble()
                    + 0.25 * values.path("text").asDouble(),
                within(1e-4));
      }
      assertThat(lines.get(9).at("/evaluation/infilling").asDouble())
          .isLessThan(lines.get(4).at("/evaluation/infilling").asDouble());
    }
  }
}
