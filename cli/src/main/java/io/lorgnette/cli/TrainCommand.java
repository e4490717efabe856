package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Problems;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.method.Description;
import io.lorgnette.method.Pair;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.Blip2Recipe;
import io.lorgnette.train.ClipRecipe;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.ConnectorTraining;
import io.lorgnette.train.TrainRecipe;
import io.lorgnette.train.TrainingLoop;
import io.lorgnette.train.TrigRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette train}: a connector between two frozen models, or what it starts from. */
@Command(
    name = "train",
    description = {
      "Trains a connector between a frozen encoder and a frozen language model, or BLIP-2's first"
          + " stage (method: blip2-stage1) or a joint space of images and texts (method: clip), which"
          + " need no language model; or a whole encoder-decoder on words about images (method:"
          + " trig)."
    },
    footer = {
      "  lorgnette train recipes/mapl-flickr8k.yaml --data ~/data --out runs/mapl",
      "  lorgnette train recipes/mapl-flickr8k.yaml --data ~/data --before",
      "  lorgnette train recipes/mapl-flickr8k.yaml --out runs/mapl --resume",
      "  lorgnette train recipes/mapl-postcards.yaml --out runs/a --set train.steps=50",
      "  lorgnette train recipes/mapl-flickr8k.yaml --out runs/b --processes 2",
    })
final class TrainCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RECIPE", description = "YAML file that says what is trained, and how.")
  private Path recipeFile;

  @Option(
      names = "--before",
      description =
          "Train nothing: measure how well the held-out texts are predicted by the language model"
              + " alone and by the connector as training would start with it.")
  private boolean before;

  @Mixin private RunOptions options;
  @Mixin private EngineOptions engine;
  @Mixin private GroupOptions group;
  @Mixin private StrictOption strict;

  @Override
  public Integer call() {
    Recipe<TrainRecipe> recipe = RecipeReader.read(recipeFile, options.set(), TrainRecipe::read);
    if (options.dryRun()) {
      return train(root.console(), recipe, ProcessGroup.alone());
    }
    if (before) {
      return before(root.console(), recipe);
    }
    int processes = group.toStart(System.getenv());
    if (processes > 1) {
      List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
      return new LocalProcesses(root.console(), arguments, processes, group.timeout()).run();
    }
    try (ProcessGroup all = group.join(System.getenv())) {
      return train(all.speaks() ? root.console() : root.console().silent(), recipe, all);
    }
  }

  private int train(Console console, Recipe<TrainRecipe> recipe, ProcessGroup all) {
    Path base = recipeFile.toAbsolutePath().getParent();
    if (recipe.value() instanceof Blip2Recipe stage1) {
      return pairs(console, new Stage1Runs(recipe.with(stage1), base), all);
    }
    if (recipe.value() instanceof ClipRecipe clip) {
      return pairs(console, new ClipRuns(recipe.with(clip), base), all);
    }
    if (recipe.value() instanceof TrigRecipe trig) {
      return trig(console, recipe.with(trig), base, all);
    }
    return connector(console, recipe.with((ConnectorRecipe) recipe.value()), base, all);
  }

  private int connector(
      Console console, Recipe<ConnectorRecipe> recipe, Path base, ProcessGroup all) {
    if (options.dryRun()) {
      return dryRun(console, recipe, base);
    }
    // All that is given is checked before anything is written.
    ConnectorRecipe.Names names = recipe.value().backbones();
    ModelOptions.vision(names.vision(), base);
    ModelOptions.language(names.language(), base);
    recipe.value().start().ifPresent(name -> ConnectorRuns.start(name, base));
    DataRoots roots = options.data();
    checkRoots(recipe.value(), roots);
    StartedRun run = start(console, recipe, all);
    if (!options.resume()) {
      ConnectorRuns.recordModels(run.folder(), names, base);
    }
    TrainingLoop.Result result;
    try (Workbench bench = ConnectorRuns.workbench(console, recipe.value(), base, run.numerics());
        Interrupt interrupt = run.interrupt(console)) {
      DataRoots drawn = ConnectorRuns.withPostcards(console, roots, recipe.value().datasets());
      result = ConnectorRuns.train(console, bench, recipe, base, drawn, problems(), run, interrupt);
    }
    return finish(console, run, result, "texts", "textsSeen");
  }

  private int before(Console console, Recipe<TrainRecipe> recipe) {
    if (!(recipe.value() instanceof ConnectorRecipe connector)
        || connector.data().validation().isEmpty()) {
      throw new InputException(
          "--before is for the recipe of a connector that has data.validation, whose texts are"
              + " predicted, but "
              + recipeFile
              + " is none");
    }
    Path base = recipeFile.toAbsolutePath().getParent();
    Numerics numerics = engine.chooseSideBySide();
    ConnectorTraining.Before found;
    try (Workbench bench = ConnectorRuns.workbench(console, connector, base, numerics)) {
      DataRoots roots =
          ConnectorRuns.withPostcards(console, options.data(), connector.data().validation());
      found =
          ConnectorRuns.before(bench, recipe.with(connector), base, roots, problems(), numerics);
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("languageModelAloneNats", found.languageModelAlone());
    node.put("atStartNats", found.atStart());
    node.set("texts", new ObjectMapper().valueToTree(found.counts()));
    if (console.json()) {
      console.result(node);
    } else {
      console.result(
          String.format(
              Locale.ROOT,
              "language model alone  %.4f nats a token%nat the start          %.4f",
              found.languageModelAlone(),
              found.atStart()));
    }
    return 0;
  }

  private int pairs(Console console, PairRuns<?> pairs, ProcessGroup all) {
    if (options.dryRun()) {
      return pairs.dryRun(console);
    }
    pairs.checkModels();
    TrainRecipe recipe = pairs.recipe().value();
    DataRoots roots = options.data();
    checkRoots(recipe, roots);
    StartedRun run = start(console, pairs.recipe(), all);
    if (!options.resume()) {
      pairs.recordModels(run.folder());
    }
    TrainingLoop.Result result;
    try (Interrupt interrupt = run.interrupt(console)) {
      DataRoots drawn = ConnectorRuns.withPostcards(console, roots, recipe.datasets());
      result = pairs.train(console, run, drawn, problems(), interrupt);
    }
    return finish(console, run, result, "pairs", "pairsSeen");
  }

  private int trig(Console console, Recipe<TrigRecipe> recipe, Path base, ProcessGroup all) {
    TrigRuns trig = new TrigRuns(console, recipe, base);
    if (options.dryRun()) {
      return trig.dryRun();
    }
    trig.check();
    DataRoots roots = options.data();
    checkRoots(recipe.value(), roots);
    StartedRun run = start(console, recipe, all);
    if (!options.resume()) {
      trig.recordBase(run.folder());
    }
    TrainingLoop.Result result;
    try (Interrupt interrupt = run.interrupt(console)) {
      DataRoots drawn = ConnectorRuns.withPostcards(console, roots, recipe.value().datasets());
      result = trig.train(run, drawn, problems(), interrupt);
    }
    return finish(console, run, result, "questions", "questionsSeen");
  }

  private StartedRun start(
      Console console, Recipe<? extends TrainRecipe> recipe, ProcessGroup all) {
    long seed = recipe.value().train().seed();
    return StartedRun.of(console, spec, options, engine, recipe, seed, all);
  }

  private Problems problems() {
    return strict.problems();
  }

  private static void checkRoots(TrainRecipe recipe, DataRoots roots) {
    for (DatasetSpec set : recipe.datasets()) {
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

  /** What travels between processes is small against what stays where it is. */
  private static String processes(JsonNode node) {
    String text =
        String.format(
            Locale.ROOT,
            "processes   %d; each adds %s of gradients a step to those of the others",
            node.path("count").asInt(),
            Numbers.bytes(node.path("summedBytesPerStep").asLong()));
    return node.has("languageModelBytes")
        ? text
            + "; the language model, which stays, has "
            + Numbers.bytes(node.path("languageModelBytes").asLong())
        : text;
  }

  private int finish(
      Console console, StartedRun run, TrainingLoop.Result result, String units, String seen) {
    run.record().end();
    JsonNode node = run.record().node().path("result");
    Path folder = run.folder().path();
    if (console.json()) {
      ObjectNode copy = node.deepCopy();
      console.result(copy.put("run", folder.toString()));
    } else {
      console.result(
          String.format(
              Locale.ROOT,
              "%s after step %d, %,d %s; %,d trained parameters%s",
              node.path("end").asText(),
              node.path("step").asLong(),
              node.path(seen).asLong(),
              units,
              node.path("trainedParameters").asLong(),
              node.has("validationLossNats")
                  ? String.format(
                      Locale.ROOT,
                      "; validation loss %.4f at step %d",
                      node.path("validationLossNats").asDouble(),
                      node.path("bestStep").asLong())
                  : ""));
      JsonNode processes = run.record().node().path("processes");
      if (processes.has("count")) {
        console.result(processes(processes));
      }
      console.result("run         " + folder);
    }
    return run.end(console, spec, result);
  }
}
