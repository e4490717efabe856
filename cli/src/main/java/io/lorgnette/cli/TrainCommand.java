package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Problems;
import io.lorgnette.method.Description;
import io.lorgnette.method.Pair;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import io.lorgnette.train.TrainingLoop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette train}: a connector between two frozen models. */
@Command(
    name = "train",
    description = "Trains a connector between a frozen encoder and a frozen language model.",
    footer = {
      "  lorgnette train recipes/mapl-flickr8k.yaml --data ~/data --out runs/mapl",
      "  lorgnette train recipes/mapl-flickr8k.yaml --out runs/mapl --resume",
      "  lorgnette train recipes/mapl-postcards.yaml --out runs/a --set train.steps=50",
    })
final class TrainCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RECIPE", description = "YAML file that says what is trained, and how.")
  private Path recipeFile;

  @Mixin private RunOptions options;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--strict",
      description = "Stop at the first broken image or line instead of leaving it out.")
  private boolean strict;

  @Override
  public Integer call() {
    Console console = root.console();
    Recipe<ConnectorRecipe> recipe =
        RecipeReader.read(recipeFile, options.set(), ConnectorRecipe::read);
    Path base = recipeFile.toAbsolutePath().getParent();
    ConnectorRecipe.Names names = recipe.value().backbones();
    if (options.dryRun()) {
      return dryRun(console, recipe, base);
    }
    // All that is given is checked before anything is written.
    ModelOptions.vision(names.vision(), base);
    ModelOptions.language(names.language(), base);
    List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
    DataRoots roots = options.data();
    checkRoots(recipe.value(), roots);
    RunFolder folder;
    RunRecord record;
    Numerics numerics;
    if (options.resume()) {
      folder = RunFolder.open(options.out());
      record = RunRecord.open(folder);
      record.requireSameRecipe(recipe);
      numerics = engine.resume(record.numerics(), options.acceptDifferentNumerics());
      record.resume(arguments, numerics);
    } else {
      options.out();
      numerics = engine.chooseSideBySide();
      folder = RunFolder.create(options.out());
      Map<String, Long> seeds = Map.of("train", recipe.value().train().seed());
      record = RunRecord.start(folder, "train", arguments, recipe, seeds, numerics);
      ConnectorRuns.recordModels(folder, names, base);
    }
    console.say("Computing with " + numerics + " (" + numerics.kernels() + ").");
    TrainingLoop.Result result;
    try (Workbench bench = ConnectorRuns.workbench(console, recipe.value(), base, numerics);
        Interrupt interrupt =
            new Interrupt(
                () -> console.say("\nStopping after this step. Ctrl-C again ends at once."))) {
      DataRoots all = ConnectorRuns.withPostcards(console, roots, specs(recipe.value()));
      Problems problems = strict ? Problems.strict() : Problems.collecting();
      result =
          ConnectorRuns.train(
              console, bench, recipe, base, all, problems, folder, numerics, interrupt);
    }
    record.end();
    return finish(console, folder, record.node().path("result"), result);
  }

  private static List<DatasetSpec> specs(ConnectorRecipe recipe) {
    List<DatasetSpec> specs = new ArrayList<>(recipe.data().train());
    specs.addAll(recipe.data().validation());
    return specs;
  }

  private static void checkRoots(ConnectorRecipe recipe, DataRoots roots) {
    for (DatasetSpec set : specs(recipe)) {
      if (!(set instanceof DatasetSpec.Postcards)) {
        roots.dataFor(set.common().name());
      }
    }
  }

  /** What would be trained, told from sizes; no weights need to be there. */
  private static int dryRun(Console console, Recipe<ConnectorRecipe> recipe, Path base) {
    ConnectorRecipe value = recipe.value();
    ConnectorRecipe.Names names = value.backbones();
    Pair pair =
        new Pair(
            BackboneNames.encoder(BackboneNames.under(base, names.vision()), names.output()),
            BackboneNames.languageModel(BackboneNames.under(base, names.language())));
    Description description = value.method().describe(pair);
    long steps = value.train().schedule().steps();
    if (console.json()) {
      ObjectNode node = MethodParts.json(description);
      node.put("steps", steps).put("texts", steps * value.batch());
      node.put("bytes", bytes(description));
      console.result(node.put("recipe", recipe.resolvedYaml()));
      return 0;
    }
    console.say(
        String.format(
            Locale.ROOT,
            "Would train %s: %,d steps of %,d texts, about %s of memory for weights, gradients and"
                + " optimizer.",
            value.method().kind().title(),
            steps,
            value.batch(),
            Numbers.bytes(bytes(description))));
    MethodParts.print(console, description);
    console.say("The recipe with every default:");
    console.result(recipe.resolvedYaml().stripTrailing());
    return 0;
  }

  /** Frozen weights in 16 bits; trained ones, gradients and two means of AdamW in 32. */
  private static long bytes(Description description) {
    return 2 * description.frozenParameters() + 16 * description.trainedParameters();
  }

  private int finish(Console console, RunFolder folder, JsonNode node, TrainingLoop.Result result) {
    if (console.json()) {
      ObjectNode copy = node.deepCopy();
      console.result(copy.put("run", folder.path().toString()));
    } else {
      console.result(
          String.format(
              Locale.ROOT,
              "%s after step %d, %,d texts; %,d trained parameters%s",
              node.path("end").asText(),
              node.path("step").asLong(),
              node.path("textsSeen").asLong(),
              node.path("trainedParameters").asLong(),
              node.has("validationLossNats")
                  ? String.format(
                      Locale.ROOT,
                      "; validation loss %.4f at step %d",
                      node.path("validationLossNats").asDouble(),
                      node.path("bestStep").asLong())
                  : ""));
      console.result("run         " + folder.path());
    }
    if (result.end() == TrainingLoop.End.STOPPED) {
      console.say("Stopped; the checkpoint is in " + folder.checkpoints() + ". Go on with:");
      console.say("  lorgnette " + String.join(" ", RunOptions.goOn(spec.root())));
      return Failures.INTERRUPTED;
    }
    return 0;
  }
}
