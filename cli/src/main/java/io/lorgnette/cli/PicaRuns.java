package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.evaluate.PicaEvaluation;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.evaluate.ShotVectors;
import io.lorgnette.language.TextModel;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Workers;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import io.lorgnette.verbal.Pica;
import io.lorgnette.verbal.PicaRecipe;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Evaluating PICa, which has a recipe but nothing to train: its run begins with its evaluation. */
final class PicaRuns {

  static final String TITLE = "PICa";

  private final Console console;
  private final Recipe<PicaRecipe> recipe;
  private final Path base;

  /**
   * Runs of a recipe.
   *
   * @param base folder to which its paths are relative
   */
  PicaRuns(Console console, Recipe<PicaRecipe> recipe, Path base) {
    this.console = console;
    this.recipe = recipe;
    this.base = base;
  }

  /** Checks that the models that the recipe names are there, before anything is written. */
  void check() {
    ModelOptions.language(recipe.value().language(), base);
    ModelOptions.vision(recipe.value().words().vision(), base);
  }

  /** A run folder for evaluations alone. */
  RunFolder start(Path out, List<String> arguments, long seed, Numerics numerics) {
    RunFolder folder = RunFolder.create(out);
    RunRecord record =
        RunRecord.start(folder, "evaluate", arguments, recipe, Map.of("shots", seed), numerics);
    record.end();
    return folder;
  }

  /**
   * Asks about a data set, once for each number of shots.
   *
   * @param start of the run's folder, made once models and data are there
   */
  List<EvaluationRecord> evaluate(
      Supplier<RunFolder> start,
      String on,
      Split split,
      DataRoots roots,
      Problems problems,
      Protocol protocol,
      List<Integer> shots,
      Numerics numerics,
      Precision kept) {
    PicaRecipe settings = recipe.value();
    Path language = ModelOptions.language(settings.language(), base);
    numerics.apply();
    List<EvaluationRecord> records = new ArrayList<>();
    try (Telling telling = Telling.open(console, settings.words(), base, numerics);
        JointVectors space = space(settings, numerics.device());
        TextModel lm = TextModel.load(language, kept.forInference(), numerics.device());
        Tokenizer tokenizer = Tokenizer.load(language);
        Workers workers = new Workers(numerics.parts());
        Dataset dataset = Datasets.open(DatasetSpec.named(on, split), roots, problems)) {
      ShotVectors vectors =
          space != null
              ? space
              : settings
                  .files()
                  .<ShotVectors>map(files -> new FileVectors(files, base))
                  .orElse(null);
      FeaturedDataset asked = telling.eyes().featured(dataset);
      boolean any = shots.stream().anyMatch(n -> n > 0);
      Optional<Dataset> training =
          any
              ? Optional.of(Datasets.open(DatasetSpec.named(on, Split.TRAIN), roots, problems))
              : Optional.empty();
      RunFolder folder;
      try {
        folder = start.get();
        Optional<FeaturedDataset> source = training.map(telling.eyes()::featured);
        for (int n : shots) {
          try (Progress progress =
              console.progress(TITLE + " answers", "questions", dataset.questionCount())) {
            records.add(
                new PicaEvaluation(
                        new Pica(lm, tokenizer),
                        settings,
                        places -> telling.places(places, workers),
                        vectors,
                        workers,
                        (done, all) -> progress.at(done, ""))
                    .answers(asked, source, protocol.withShots(n)));
          }
        }
      } finally {
        training.ifPresent(Dataset::close);
      }
      if (kept.quantized()) {
        records.replaceAll(record -> record.withWeights(kept.toString()));
      }
      for (EvaluationRecord record : records) {
        record.write(folder);
        Gallery.write(folder, record, dataset, 1);
      }
      ConnectorRuns.noteProblems(console, problems, folder);
    }
    return records;
  }

  private JointVectors space(PicaRecipe settings, Device device) {
    return settings
        .space()
        .map(name -> JointVectors.open(console, name, base, device))
        .orElse(null);
  }
}
