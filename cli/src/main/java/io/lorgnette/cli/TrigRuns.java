package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.evaluate.TrigEvaluation;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Workers;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.TrainingLoop;
import io.lorgnette.train.TrigRecipe;
import io.lorgnette.train.TrigTraining;
import io.lorgnette.verbal.Passages;
import io.lorgnette.verbal.Told;
import io.lorgnette.verbal.Trig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** Training and evaluating systems in the manner of TRiG. */
final class TrigRuns {

  static final String TITLE = "TRiG-style";

  private static final String BASE = "base";

  private final Console console;
  private final Recipe<TrigRecipe> recipe;
  private final Path base;

  /**
   * Runs of a recipe.
   *
   * @param base folder to which its paths are relative
   */
  TrigRuns(Console console, Recipe<TrigRecipe> recipe, Path base) {
    this.console = console;
    this.recipe = recipe;
    this.base = base;
  }

  /** Checks that what the recipe names is there, before anything is written. */
  void check() {
    TrigRecipe settings = recipe.value();
    ModelOptions.language(settings.language(), base);
    ModelOptions.vision(settings.words().vision(), base);
    settings.passages().ifPresent(reading -> corpus(reading, base));
  }

  private static Path corpus(TrigRecipe.Reading reading, Path base) {
    Path file = base.resolve(reading.corpus());
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file
              + " does not exist, the recipe's passages; give JSON lines {\"id\": ..., \"text\":"
              + " ...} or leave the section passages out");
    }
    return file;
  }

  /** What would be trained, told from the model's sizes. */
  int dryRun() {
    TrigRecipe settings = recipe.value();
    LanguageSpec language =
        BackboneNames.languageModel(BackboneNames.under(base, settings.language()));
    long steps = settings.train().schedule().steps();
    long bytes = 16 * language.parameters();
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("method", TrigRecipe.METHOD).put("title", TITLE);
      node.put("trainedParameters", language.parameters()).put("frozenParameters", 0);
      node.put("steps", steps).put("questions", steps * settings.batch()).put("bytes", bytes);
      console.result(node.put("recipe", recipe.resolvedYaml()));
      return 0;
    }
    console.say(
        String.format(
            Locale.ROOT,
            "Would train %s: %,d parameters of %s, %,d steps of %,d questions, about %s of memory"
                + " for weights, gradients and optimizer.",
            TITLE,
            language.parameters(),
            language.name(),
            steps,
            settings.batch(),
            Numbers.bytes(bytes)));
    console.say("The recipe with every default:");
    console.result(recipe.resolvedYaml().stripTrailing());
    return 0;
  }

  /**
   * Notes in run.json where the recipe's paths begin, so that the run can be used from anywhere.
   */
  void recordBase(RunFolder folder) {
    ObjectNode run = (ObjectNode) folder.readJson("run.json");
    run.putObject(TrigRecipe.METHOD).put(BASE, base.toAbsolutePath().normalize().toString());
    folder.writeJson("run.json", run);
  }

  /** Whether a run is of this kind. */
  static boolean isRun(RunFolder folder) {
    return folder.readJson("run.json").has(TrigRecipe.METHOD);
  }

  /** The folder that a run's recipe lay in. */
  static Path base(RunFolder folder) {
    return Path.of(folder.readJson("run.json").path(TrigRecipe.METHOD).path(BASE).asText());
  }

  /** Trains in a run folder whose record is started; says what was left out. */
  TrainingLoop.Result train(
      StartedRun run, DataRoots roots, Problems problems, Interrupt interrupt) {
    TrigRecipe settings = recipe.value();
    RunFolder folder = run.folder();
    Numerics numerics = run.numerics();
    List<TrigTraining.Set> learned;
    List<TrigTraining.Set> held;
    numerics.apply();
    try (Telling telling = Telling.open(console, settings.words(), base, numerics);
        Workers workers = new Workers(numerics.parts())) {
      learned = told(telling, workers, settings.learned(), roots, problems);
      held = told(telling, workers, settings.validation(), roots, problems);
    }
    ConnectorRuns.noteProblems(console, problems, folder);
    try (Library library = Library.open(settings, base);
        TrainingProgress progress = new TrainingProgress(console, "questions")) {
      return new TrigTraining(recipe, ModelOptions.language(settings.language(), base), library)
          .run(folder, learned, held, numerics, run.group(), progress, interrupt::requested);
    } finally {
      learned.forEach(set -> set.data().dataset().close());
      held.forEach(set -> set.data().dataset().close());
    }
  }

  private static List<TrigTraining.Set> told(
      Telling telling,
      Workers workers,
      List<DatasetSpec> specs,
      DataRoots roots,
      Problems problems) {
    List<TrigTraining.Set> sets = new ArrayList<>();
    for (FeaturedDataset set : telling.eyes().featured(specs, roots, problems)) {
      sets.add(new TrigTraining.Set(set, telling.images(set, workers)));
    }
    return sets;
  }

  /**
   * Asks a trained run about a data set.
   *
   * @param beams of the answers' search
   */
  EvaluationRecord evaluate(
      RunFolder folder,
      String on,
      Split split,
      DataRoots roots,
      Problems problems,
      Protocol protocol,
      int beams,
      Numerics numerics,
      PhotosOption photos) {
    TrigRecipe settings = recipe.value();
    if (photos.shuffled() && settings.words().fromFiles()) {
      throw new InputException(
          "--shuffle-photos changes nothing here: "
              + folder.path()
              + " reads the words about its images from files");
    }
    Path trained = folder.path().resolve(TrigTraining.MODEL);
    if (!Files.isDirectory(trained)) {
      throw new InputException(
          trained + " is missing: the run has not trained to its end; resume it first");
    }
    numerics.apply();
    try (Telling telling = Telling.open(console, settings.words(), base, numerics);
        Library library = Library.open(settings, base);
        EncoderDecoder model = TrigTraining.model(trained, numerics.format(), numerics);
        Tokenizer tokenizer = Tokenizer.load(trained);
        Workers workers = new Workers(numerics.parts());
        Dataset dataset = Datasets.open(DatasetSpec.named(on, split), roots, problems);
        Progress progress =
            console.progress(TITLE + " answers", "questions", dataset.questionCount())) {
      EvaluationRecord record =
          photos.named(
              new TrigEvaluation(
                      new Trig(model, tokenizer, settings.maxTokens()),
                      places -> telling.places(places, workers),
                      library,
                      workers,
                      (done, all) -> progress.at(done, ""))
                  .answers(
                      photos.shown(telling.eyes().featured(dataset)),
                      protocol.withAnswers(
                          GenerationConfig.beams(beams, settings.answerTokens()))));
      photos.write(folder, record, dataset);
      return record;
    }
  }

  /**
   * The passages of a recipe, or none.
   *
   * @param passages or null
   */
  private record Library(Passages passages, int count)
      implements BiFunction<String, Told, List<String>>, AutoCloseable {

    static Library open(TrigRecipe settings, Path base) {
      return settings
          .passages()
          .map(
              reading ->
                  new Library(
                      Passages.open(corpus(reading, base), CacheFolder.root().resolve("passages")),
                      reading.count()))
          .orElse(new Library(null, 0));
    }

    @Override
    public List<String> apply(String question, Told told) {
      return passages == null
          ? List.of()
          : passages.search(Trig.query(question, told), count).stream()
              .map(Passages.Passage::text)
              .toList();
    }

    @Override
    public void close() {
      if (passages != null) {
        passages.close();
      }
    }
  }
}
