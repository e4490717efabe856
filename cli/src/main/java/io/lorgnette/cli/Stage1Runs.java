package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.lorgnette.train.Blip2Recipe;
import io.lorgnette.train.Blip2Training;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.TrainingLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Training BLIP-2's first stage, which has an encoder and a tokenizer but no language model.
 *
 * @param recipe that was read
 * @param base folder to which its paths are relative
 */
record Stage1Runs(Recipe<Blip2Recipe> recipe, Path base) {

  static final String TITLE = "BLIP-2, stage 1";

  /** The tokenizer's key among the models of a run.json. */
  private static final String TOKENIZER = "tokenizer";

  private static final String VISION = "vision";

  /** What would be trained, told from sizes and the tokenizer; no weights need to be there. */
  int dryRun(Console console) {
    Blip2Recipe value = recipe.value();
    EncoderSpec encoder = BackboneNames.encoder(BackboneNames.under(base, value.vision()), "");
    long trained;
    try (Tokenizer tokenizer = Tokenizer.load(tokenizer(value.tokenizer(), base))) {
      trained = value.sizes().between(encoder.width(), tokenizer).parameterCount();
    }
    long steps = value.train().schedule().steps();
    // The encoder in 16 bits; what is trained, gradients and two means of AdamW in 32.
    long bytes = 2 * encoder.parameters() + 16 * trained;
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("method", Blip2Recipe.METHOD).put("title", TITLE);
      node.put("trainedParameters", trained).put("frozenParameters", encoder.parameters());
      node.put("steps", steps).put("pairs", steps * value.batch()).put("bytes", bytes);
      console.result(node.put("recipe", recipe.resolvedYaml()));
      return 0;
    }
    console.say(
        String.format(
            Locale.ROOT,
            "Would train %s: %,d parameters beside a frozen %s, %,d steps of %,d pairs, about %s of"
                + " memory for weights, gradients and optimizer.",
            TITLE,
            trained,
            encoder.name(),
            steps,
            value.batch(),
            Numbers.bytes(bytes)));
    console.say("The recipe with every default:");
    console.result(recipe.resolvedYaml().stripTrailing());
    return 0;
  }

  /**
   * Checks that the models that the recipe names are there.
   *
   * @throws InputException naming the one that is not
   */
  void checkModels() {
    ModelOptions.vision(recipe.value().vision(), base);
    tokenizer(recipe.value().tokenizer(), base);
  }

  /** Notes in run.json which models the run has, so that it can be used from anywhere. */
  void recordModels(RunFolder folder) {
    ObjectNode run = (ObjectNode) folder.readJson("run.json");
    run.putObject("models")
        .put(VISION, ConnectorRuns.absolute(recipe.value().vision(), base))
        .put(TOKENIZER, ConnectorRuns.absolute(recipe.value().tokenizer(), base));
    folder.writeJson("run.json", run);
  }

  /** Trains in a run's folder; says what was left out. */
  TrainingLoop.Result train(
      Console console, StartedRun run, DataRoots roots, Problems problems, Interrupt interrupt) {
    Blip2Recipe value = recipe.value();
    try (FeatureBench bench = bench(console, value.vision(), base, run.numerics().device());
        Tokenizer tokenizer = Tokenizer.load(tokenizer(value.tokenizer(), base))) {
      List<FeaturedDataset> train = bench.featured(value.data().train(), roots, problems);
      List<FeaturedDataset> held = bench.featured(value.data().validation(), roots, problems);
      ConnectorRuns.noteProblems(console, problems, run.folder());
      try (TrainingProgress progress = new TrainingProgress(console, "pairs")) {
        return new Blip2Training(recipe, bench.sight().spec(), tokenizer, bench.features())
            .run(run.folder(), base, train, held, run.numerics(), progress, interrupt::requested);
      } finally {
        train.forEach(set -> set.dataset().close());
        held.forEach(set -> set.dataset().close());
      }
    }
  }

  /** The encoder that a run noted, and the cache of its features. */
  static FeatureBench bench(Console console, RunFolder folder, Device device) {
    String vision = models(folder).path(VISION).asText(ModelOptions.POCKET);
    return bench(console, vision, Path.of(""), device);
  }

  private static FeatureBench bench(Console console, String vision, Path base, Device device) {
    Path folder = ModelOptions.vision(vision, base);
    return new FeatureBench(console, Sight.open(folder, vision, "", false, device));
  }

  /** The tokenizer that a run noted. */
  static Tokenizer tokenizer(RunFolder folder) {
    String name = models(folder).path(TOKENIZER).asText(ModelOptions.POCKET);
    return Tokenizer.load(tokenizer(name, Path.of("")));
  }

  private static JsonNode models(RunFolder folder) {
    return folder.readJson("run.json").path("models");
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
