package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Problems;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.ClipRecipe;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.TrainingLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Training a joint space of images and texts, which has an encoder and a tokenizer but no language
 * model.
 *
 * @param recipe that was read
 * @param base folder to which its paths are relative
 */
record ClipRuns(Recipe<ClipRecipe> recipe, Path base) {

  private static final String TITLE = "a joint space";

  /** What would be trained, told from sizes and the tokenizer; no weights need to be there. */
  int dryRun(Console console) {
    ClipRecipe value = recipe.value();
    EncoderSpec encoder = BackboneNames.encoder(BackboneNames.under(base, value.vision()), "");
    long trained;
    try (Tokenizer tokenizer = tokenizer()) {
      trained = value.sizes().between(encoder.width(), tokenizer).parameterCount();
    }
    long steps = value.train().schedule().steps();
    // The encoder in 16 bits; what is trained, gradients and two means of AdamW in 32.
    long bytes = 2 * encoder.parameters() + 16 * trained;
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("method", ClipRecipe.METHOD).put("title", TITLE);
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
   * @throws io.lorgnette.error.InputException naming the one that is not
   */
  void checkModels() {
    ModelOptions.vision(recipe.value().vision(), base);
    Stage1Runs.tokenizer(recipe.value().tokenizer(), base);
  }

  private Tokenizer tokenizer() {
    return Tokenizer.load(Stage1Runs.tokenizer(recipe.value().tokenizer(), base));
  }

  /** Trains in a run's folder; says what was left out. */
  TrainingLoop.Result train(
      Console console, StartedRun run, DataRoots roots, Problems problems, Interrupt interrupt) {
    ClipRecipe value = recipe.value();
    try (FeatureBench bench =
            Stage1Runs.bench(console, value.vision(), base, run.numerics().device());
        Tokenizer tokenizer = tokenizer()) {
      List<FeaturedDataset> train = bench.featured(value.learned(), roots, problems);
      List<FeaturedDataset> held = bench.featured(value.validation(), roots, problems);
      ConnectorRuns.noteProblems(console, problems, run.folder());
      try (TrainingProgress progress = new TrainingProgress(console, "pairs")) {
        return new ClipTraining(recipe, bench.sight().spec(), tokenizer, bench.features())
            .run(run.folder(), train, held, run.numerics(), progress, interrupt::requested);
      } finally {
        train.forEach(set -> set.dataset().close());
        held.forEach(set -> set.dataset().close());
      }
    }
  }
}
