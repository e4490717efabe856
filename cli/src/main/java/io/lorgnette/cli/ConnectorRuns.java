package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.ConnectorTraining;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.TrainingLoop;
import io.lorgnette.vision.JointTexts;
import io.lorgnette.weights.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Training and evaluating connectors, as several commands do it. */
final class ConnectorRuns {

  private static final long POSTCARDS_SEED = 1;
  private static final String EMBEDDED = "pocket-";

  private ConnectorRuns() {}

  /** The models that a recipe names, loaded for training. */
  static Workbench workbench(
      Console console, ConnectorRecipe recipe, Path base, Numerics numerics) {
    Precision precision = Precision.of(numerics.format());
    boolean trained = recipe.method().trainsEncoder();
    return workbench(console, recipe.backbones(), trained, base, numerics, precision);
  }

  /**
   * The models that a recipe names.
   *
   * @param weights how the language model's matrices are kept
   */
  static Workbench workbench(
      Console console,
      ConnectorRecipe.Names names,
      boolean trained,
      Path base,
      Numerics numerics,
      Precision weights) {
    return new Workbench(
        console,
        ModelOptions.vision(names.vision(), base),
        names.vision(),
        names.output(),
        trained,
        ModelOptions.language(names.language(), base),
        names.language(),
        numerics,
        weights);
  }

  /** The same roots, with the postcards drawn if a data set asks for them. */
  static DataRoots withPostcards(Console console, DataRoots roots, List<DatasetSpec> specs) {
    if (specs.stream().noneMatch(spec -> spec instanceof DatasetSpec.Postcards)) {
      return roots;
    }
    Postcards.Sizes sizes = Postcards.defaultSizes();
    int total = sizes.train() + sizes.val() + sizes.test();
    try (Progress progress = console.progress("drawing postcards", "scenes", total)) {
      Path folder =
          Postcards.writeTo(
              CacheFolder.root().resolve("postcards"),
              sizes,
              POSTCARDS_SEED,
              (done, all) -> progress.at(done, ""));
      return roots.withPostcards(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write the postcards: " + e.getMessage(), e);
    }
  }

  /** Trains in a run folder whose record is started; says what was left out. */
  static TrainingLoop.Result train(
      Console console,
      Workbench bench,
      Recipe<ConnectorRecipe> recipe,
      Path base,
      DataRoots roots,
      Problems problems,
      StartedRun run,
      Interrupt interrupt) {
    ConnectorRecipe.Data data = recipe.value().data();
    FeatureBench eyes = bench.eyes();
    List<FeaturedDataset> train =
        eyes.featured(data.train(), roots, problems).stream()
            .map(set -> data.views().map(views -> eyes.varied(set, views)).orElse(set))
            .toList();
    List<FeaturedDataset> validation = eyes.featured(data.validation(), roots, problems);
    noteProblems(console, problems, run.folder());
    try (JointTexts teacher = teacher(recipe.value(), base, run.numerics());
        TrainingProgress progress = new TrainingProgress(console, "texts")) {
      return training(bench, recipe, base, teacher)
          .run(
              run.folder(),
              train,
              validation,
              run.numerics(),
              run.group(),
              progress,
              interrupt::requested);
    } finally {
      train.forEach(set -> set.dataset().close());
      validation.forEach(set -> set.dataset().close());
    }
  }

  private static ConnectorTraining training(
      Workbench bench, Recipe<ConnectorRecipe> recipe, Path base, JointTexts teacher) {
    return new ConnectorTraining(
        recipe,
        bench.backbones().withTeacher(teacher),
        bench.features(),
        recipe.value().start().map(name -> start(name, base)));
  }

  /** Measures what a training would start from. */
  static ConnectorTraining.Before before(
      Workbench bench,
      Recipe<ConnectorRecipe> recipe,
      Path base,
      DataRoots roots,
      Problems problems,
      Numerics numerics) {
    List<FeaturedDataset> validation =
        bench.eyes().featured(recipe.value().data().validation(), roots, problems);
    try (JointTexts teacher = teacher(recipe.value(), base, numerics)) {
      return training(bench, recipe, base, teacher).before(validation, numerics);
    } finally {
      validation.forEach(set -> set.dataset().close());
    }
  }

  /** The texts of the encoder's joint space, for a method that learns from them; else null. */
  private static JointTexts teacher(ConnectorRecipe recipe, Path base, Numerics numerics) {
    return recipe.method().learnsFromTexts()
        ? JointTexts.load(
            ModelOptions.vision(recipe.backbones().vision(), base), Dtype.F32, numerics.device())
        : null;
  }

  /** The connector that a recipe goes on from: {@code pocket-NAME}, or a file. */
  static Path start(String name, Path base) {
    if (name.startsWith(EMBEDDED)) {
      return Pocket.connector(name.substring(EMBEDDED.length()));
    }
    Path file = base.resolve(name).normalize();
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file + " does not exist, where the recipe starts from; give a connector.safetensors");
    }
    return file;
  }

  /** Writes what was left out into the run folder and says so. */
  static void noteProblems(Console console, Problems problems, RunFolder folder) {
    if (problems.count() == 0 || !folder.writes()) {
      return;
    }
    Path file = folder.path().resolve("problems.jsonl");
    try {
      problems.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + file + ": " + e.getMessage(), e);
    }
    console.say("Left out: " + problems.summary() + "; see " + file + ".");
  }

  /** Notes in run.json which models the run has, so that it can be evaluated from anywhere. */
  static void recordModels(RunFolder folder, ConnectorRecipe.Names names, Path base) {
    ObjectNode run = (ObjectNode) folder.readJson("run.json");
    run.putObject("models")
        .put("vision", absolute(names.vision(), base))
        .put("language", absolute(names.language(), base));
    folder.writeJson("run.json", run);
  }

  /** A path becomes absolute; a name of the hub stays one. */
  static String absolute(String name, Path base) {
    Path path = base.resolve(name);
    return ModelOptions.isEmbedded(name) || !Files.exists(path)
        ? name
        : path.toAbsolutePath().normalize().toString();
  }
}
