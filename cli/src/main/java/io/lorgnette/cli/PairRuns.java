package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.Sight;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.PairRecipe;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.TrainingLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Training on pairs of images and texts with an encoder and a tokenizer, but without a language
 * model.
 *
 * @param <R> its recipe
 */
abstract class PairRuns<R extends PairRecipe> {

  /** The keys among the models of a run.json. */
  private static final String VISION = "vision";

  private static final String TOKENIZER = "tokenizer";

  private final Recipe<R> recipe;
  private final Path base;

  /**
   * Runs of a recipe.
   *
   * @param base folder to which its paths are relative
   */
  PairRuns(Recipe<R> recipe, Path base) {
    this.recipe = recipe;
    this.base = base;
  }

  final Recipe<R> recipe() {
    return recipe;
  }

  final Path base() {
    return base;
  }

  /** Its name in recipes. */
  abstract String method();

  /** Its name for people. */
  abstract String title();

  /** What is trained, counted. */
  abstract long parameters(EncoderSpec encoder, Tokenizer tokenizer);

  /** Trains, everything being open. */
  abstract TrainingLoop.Result train(
      FeatureBench bench,
      Tokenizer tokenizer,
      StartedRun run,
      List<FeaturedDataset> train,
      List<FeaturedDataset> held,
      TrainingProgress progress,
      Interrupt interrupt);

  /** What would be trained, told from sizes and the tokenizer; no weights need to be there. */
  final int dryRun(Console console) {
    EncoderSpec encoder =
        BackboneNames.encoder(BackboneNames.under(base, recipe.value().vision()), "");
    long trained;
    try (Tokenizer tokenizer = Tokenizer.load(tokenizer(recipe.value().tokenizer(), base))) {
      trained = parameters(encoder, tokenizer);
    }
    long steps = recipe.value().train().schedule().steps();
    // The encoder in 16 bits; what is trained, gradients and two means of AdamW in 32.
    long bytes = 2 * encoder.parameters() + 16 * trained;
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("method", method()).put("title", title());
      node.put("trainedParameters", trained).put("frozenParameters", encoder.parameters());
      node.put("steps", steps).put("pairs", steps * recipe.value().batch()).put("bytes", bytes);
      console.result(node.put("recipe", recipe.resolvedYaml()));
      return 0;
    }
    console.say(
        String.format(
            Locale.ROOT,
            "Would train %s: %,d parameters beside a frozen %s, %,d steps of %,d pairs, about %s of"
                + " memory for weights, gradients and optimizer.",
            title(),
            trained,
            encoder.name(),
            steps,
            recipe.value().batch(),
            Numbers.bytes(bytes)));
    console.say("The recipe with every default:");
    console.result(recipe.resolvedYaml().stripTrailing());
    return 0;
  }

  /** The folder of the encoder that the recipe names. */
  final Path visionFolder() {
    return ModelOptions.vision(recipe.value().vision(), base);
  }

  /** The folder or file of the tokenizer that the recipe names. */
  final Path tokenizerFile() {
    return tokenizer(recipe.value().tokenizer(), base);
  }

  /**
   * Checks that the models that the recipe names are there.
   *
   * @throws InputException naming the one that is not
   */
  final void checkModels() {
    visionFolder();
    tokenizerFile();
  }

  /** Notes in run.json which models the run has, so that it can be used from anywhere. */
  final void recordModels(RunFolder folder) {
    ObjectNode run = (ObjectNode) folder.readJson("run.json");
    run.putObject("models")
        .put(VISION, ConnectorRuns.absolute(recipe.value().vision(), base))
        .put(TOKENIZER, ConnectorRuns.absolute(recipe.value().tokenizer(), base));
    folder.writeJson("run.json", run);
  }

  /** Trains in a run's folder; says what was left out. */
  final TrainingLoop.Result train(
      Console console, StartedRun run, DataRoots roots, Problems problems, Interrupt interrupt) {
    try (FeatureBench bench =
            bench(console, recipe.value().vision(), base, run.numerics().device());
        Tokenizer tokenizer = Tokenizer.load(tokenizer(recipe.value().tokenizer(), base))) {
      List<FeaturedDataset> train = bench.featured(recipe.value().learned(), roots, problems);
      List<FeaturedDataset> held = bench.featured(recipe.value().validation(), roots, problems);
      ConnectorRuns.noteProblems(console, problems, run.folder());
      try (TrainingProgress progress = new TrainingProgress(console, "pairs")) {
        return train(bench, tokenizer, run, train, held, progress, interrupt);
      } finally {
        train.forEach(set -> set.dataset().close());
        held.forEach(set -> set.dataset().close());
      }
    }
  }

  /** The encoder that a run noted, and the cache of its features. */
  static FeatureBench bench(Console console, RunFolder folder, Device device) {
    String vision = model(folder, VISION);
    return bench(console, vision, Path.of(""), device);
  }

  private static FeatureBench bench(Console console, String vision, Path base, Device device) {
    Path folder = ModelOptions.vision(vision, base);
    return new FeatureBench(console, Sight.open(folder, vision, "", false, device));
  }

  /** The encoder that a run noted, as a user would name it. */
  static String vision(RunFolder folder) {
    return model(folder, VISION);
  }

  /** The tokenizer that a run noted. */
  static Tokenizer tokenizer(RunFolder folder) {
    return Tokenizer.load(tokenizer(model(folder, TOKENIZER), Path.of("")));
  }

  private static String model(RunFolder folder, String key) {
    return folder.readJson("run.json").path("models").path(key).asText(ModelOptions.POCKET);
  }

  private static Path tokenizer(String name, Path base) {
    if (name.equals(ModelOptions.POCKET)) {
      return Pocket.tokenizer();
    }
    Path path = base.resolve(name);
    if (Files.exists(path)) {
      return path;
    }
    return ModelOptions.find(name, base)
        .orElseThrow(
            () ->
                new InputException(
                    path
                        + " does not exist, the tokenizer of the recipe; give a folder or"
                        + " tokenizer.json relative to the recipe, or '"
                        + ModelOptions.POCKET
                        + "'"));
  }
}
