package io.lorgnette.train;

import io.lorgnette.distributed.GroupSettings;
import io.lorgnette.distributed.LostProcessException;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.distributed.Threads;
import io.lorgnette.method.TinyBackbones;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process of a group that trains on {@link SmallWorld}, started by a test with the environment
 * that torchrun sets; and the same training inside the test.
 */
final class TrainingProcess {

  static final String CONNECTOR = "connector";
  static final String CLIP = "clip";
  static final String STAGE1 = "stage1";
  static final String VLKD = "vlkd";
  static final List<String> KINDS = List.of(CONNECTOR, CLIP, STAGE1, VLKD);

  /** Captions and questions, so that processes have other numbers of captions than each other. */
  private static final String VLKD_RECIPE =
      """
      method: vlkd
      losses: {distance: 2, contrast: 0.5, infilling: 3, text: 0.25}
      data: {learn: [captions, questions], together: 2, train: [{kind: flickr8k}]}
      train: {batch: 14, accumulation: 2, steps: 10, evaluate_every: 5, \
      """;

  private static final String STEPS =
      "learning_rate: 0.01, warmup_steps: 2, checkpoint_every: 3, patience: 0, seed: 4, clip: 1";
  private static final String THINGS = "kind: jsonl, images: [], file: ";
  private static final List<String> OBJECTS =
      List.of(
          "cat", "dog", "bear", "horse", "zebra", "boat", "bird", "cow", "car", "bus", "tree",
          "bed");
  private static final Numerics F32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");

  private TrainingProcess() {}

  /**
   * Trains.
   *
   * @param arguments folder of the runs, kinds with commas between, and perhaps the step after
   *     which process 1 waits to be killed
   */
  public static void main(String[] arguments) throws Exception {
    GroupSettings settings = GroupSettings.of(System.getenv(), Threads.PATIENCE).orElseThrow();
    int waitAfter = arguments.length > 2 ? Integer.parseInt(arguments[2]) : -1;
    try (ProcessGroup group = ProcessGroup.join(settings)) {
      for (String kind : arguments[1].split(",", -1)) {
        train(kind, Path.of(arguments[0]), group, waitAfter);
      }
    } catch (LostProcessException e) {
      System.err.println(e.getMessage());
      Runtime.getRuntime().halt(1);
    }
  }

  /** Trains, or goes on, in a folder of the kind's name. */
  static TrainingLoop.Result train(String kind, Path runs, ProcessGroup group, int waitAfter)
      throws IOException {
    Engine.threads(1);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void step(long step, long steps, double loss, double unitsPerSecond) {
            if (step == waitAfter && group.rank() == 1) {
              waitToBeKilled();
            }
          }
        };
    // Each process has its own files, as on a machine of its own.
    Path data = Files.createTempDirectory(runs, "data");
    if (kind.equals(VLKD)) {
      Recipe<ConnectorRecipe> recipe = SmallWorld.recipe(VLKD_RECIPE + STEPS + "}\n");
      try (TinyBackbones tiny = TinyBackbones.forMethod(recipe.value().method());
          SmallWorld world = new SmallWorld(data, tiny.get())) {
        List<FeaturedDataset> train = List.of(world.dataset("train.jsonl"));
        List<FeaturedDataset> held = List.of(world.dataset("dev.jsonl"));
        return new ConnectorTraining(recipe, world.backbones, world.features, Optional.empty())
            .run(folder(recipe, runs, kind, group), train, held, F32, group, listener, () -> false);
      }
    }
    try (SmallWorld world = new SmallWorld(data)) {
      world.write("train.jsonl", TrainingProcess::ofItsOwn);
      world.write("dev.jsonl", TrainingProcess::ofItsOwn);
      List<FeaturedDataset> train = List.of(world.dataset("train.jsonl"));
      List<FeaturedDataset> held = List.of(world.dataset("dev.jsonl"));
      if (kind.equals(CONNECTOR)) {
        Recipe<ConnectorRecipe> recipe =
            SmallWorld.recipe(
                "method: mapl\n"
                    + "mapper: {width: 32, heads: 4, prefix_length: 3, layers: 2,"
                    + " feed_forward: 48, dropout: 0}\n"
                    + "data: {learn: [captions, questions], together: 3,"
                    + " train: [{kind: flickr8k}]}\n"
                    + "train: {batch: 14, accumulation: 2, steps: 10, evaluate_every: 5, "
                    + STEPS
                    + "}\n");
        return new ConnectorTraining(recipe, world.backbones, world.features, Optional.empty())
            .run(folder(recipe, runs, kind, group), train, held, F32, group, listener, () -> false);
      }
      String sets =
          "data: {train: [{" + THINGS + "train.jsonl}]}\ntrain: {batch: 8, steps: 10, " + STEPS;
      String sizes = "width: 32, layers: 2, heads: 4, positions: 40, joint_width: 16";
      try (Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/bert"))) {
        if (kind.equals(CLIP)) {
          Recipe<TrainRecipe> read =
              read(
                  "method: clip\ntokenizer: bert\ndropout: 0\nclip: {image_hidden: 16, "
                      + sizes
                      + "}\n"
                      + sets
                      + ", evaluate_every: 5}\n");
          return new ClipTraining(
                  read.with((ClipRecipe) read.value()),
                  world.backbones.encoder(),
                  tokenizer,
                  world.features)
              .run(folder(read, runs, kind, group), train, held, F32, group, listener, () -> false);
        }
        Recipe<TrainRecipe> read =
            read(
                "method: blip2-stage1\ntokenizer: bert\n"
                    + "qformer: {dropout: 0, queries: 4, hidden: 64, "
                    + sizes
                    + "}\n"
                    + sets
                    + ", evaluate_every: 5}\n");
        return new Blip2Training(
                read.with((Blip2Recipe) read.value()),
                world.backbones.encoder(),
                tokenizer,
                world.features)
            .run(
                folder(read, runs, kind, group),
                runs,
                train,
                held,
                F32,
                group,
                listener,
                () -> false);
      }
    }
  }

  /** Every image has a thing of its own: equal captions would be ranked by rounding. */
  private static String ofItsOwn(String line) {
    Matcher image = Pattern.compile("(\\d+)\\.jpg").matcher(line);
    return image.find()
        ? line.replaceAll("dog|boat", OBJECTS.get(Integer.parseInt(image.group(1))))
        : line;
  }

  private static Recipe<TrainRecipe> read(String yaml) {
    return RecipeReader.readText(yaml, "test.yaml", List.of(), TrainRecipe::read);
  }

  private static RunFolder folder(Recipe<?> recipe, Path runs, String kind, ProcessGroup group) {
    Path path = runs.resolve(kind);
    if (group.speaks() && Files.exists(path)) {
      return RunFolder.open(path);
    }
    RunFolder folder = group.speaks() ? RunFolder.create(path) : RunFolder.silent(path);
    RunRecord.start(folder, "train", List.of(), recipe, Map.of(), F32);
    return folder;
  }

  @SuppressWarnings("ThreadJoinLoop") // the process ends by a signal
  private static void waitToBeKilled() {
    System.out.println("waiting");
    while (true) {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Losses of all steps, those of evaluations with them, and the gradients' norms. */
  static List<Double> curve(Path runs, String kind) {
    List<Double> values = new ArrayList<>();
    RunFolder.open(runs.resolve(kind))
        .steps()
        .forEach(
            line -> {
              line.properties()
                  .forEach(
                      entry -> {
                        if (!entry.getKey().equals("seconds") && entry.getValue().isNumber()) {
                          values.add(entry.getValue().asDouble());
                        }
                      });
              line.path("evaluation")
                  .properties()
                  .forEach(entry -> values.add(entry.getValue().asDouble()));
            });
    return values;
  }
}
