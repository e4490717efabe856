package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.QuestionPlace;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.method.Method;
import io.lorgnette.method.Sight;
import io.lorgnette.method.Speaker;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Workers;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.ConnectorTraining;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.verbal.Tagger;
import io.lorgnette.verbal.Teller;
import io.lorgnette.verbal.TellingRecipe;
import io.lorgnette.verbal.Told;
import io.lorgnette.verbal.ToldFiles;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A captioner and classifier, loaded, or files in their place: what puts images into words. */
final class Telling implements AutoCloseable {

  private final Console console;
  private final FeatureBench bench;
  private final Workbench models; // or null
  private final Method method; // or null
  private final Teller teller; // or null
  private final ToldFiles files; // or null

  private Telling(
      Console console,
      FeatureBench bench,
      Workbench models,
      Method method,
      Teller teller,
      ToldFiles files) {
    this.console = console;
    this.bench = bench;
    this.models = models;
    this.method = method;
    this.teller = teller;
    this.files = files;
  }

  /**
   * Opens what a recipe names.
   *
   * @param base folder to which its paths are relative
   */
  static Telling open(Console console, TellingRecipe recipe, Path base, Numerics numerics) {
    return recipe.fromFiles()
        ? ofFiles(console, recipe, base, numerics)
        : ofModels(console, recipe, base, numerics);
  }

  private static Telling ofFiles(
      Console console, TellingRecipe recipe, Path base, Numerics numerics) {
    ToldFiles files =
        new ToldFiles(
            recipe.captionFiles().stream().map(base::resolve).toList(),
            recipe.tagFiles().stream().map(base::resolve).toList());
    FeatureBench bench =
        new FeatureBench(
            console,
            Sight.open(
                ModelOptions.vision(recipe.vision(), base),
                recipe.vision(),
                "",
                false,
                numerics.device()));
    return new Telling(console, bench, null, null, null, files);
  }

  private static Telling ofModels(
      Console console, TellingRecipe recipe, Path base, Numerics numerics) {
    Path connector = connector(recipe, base);
    ConnectorOrigin origin = ConnectorCheckpoint.origin(connector);
    ConnectorRecipe.Names names =
        new ConnectorRecipe.Names(
            recipe.vision(), origin.pair().encoder().output(), recipe.language());
    Workbench bench =
        ConnectorRuns.workbench(
            console,
            names,
            origin.config().trainsEncoder(),
            base,
            numerics,
            Precision.of(numerics.format()).forInference());
    try {
      Tagger tagger =
          recipe.tags() == 0
              ? null
              : Tagger.of(
                  ModelOptions.vision(recipe.vision(), base),
                  bench.eyes().sight().features(),
                  recipe.tags());
      GenerationConfig decoding = GenerationConfig.beams(recipe.beams(), recipe.maxTokens());
      Method method = ConnectorCheckpoint.load(connector, bench.backbones());
      Path known =
          CacheFolder.root()
              .resolve("words")
              .resolve(identity(recipe, connector, bench) + ".jsonl");
      Teller teller = new Teller(new Speaker(method), tagger, bench.features(), decoding, known);
      return new Telling(console, bench.eyes(), bench, method, teller, null);
    } catch (RuntimeException e) {
      bench.close();
      throw e;
    }
  }

  /** The file of a captioner's connector: {@code pocket-NAME}, a file or a run. */
  private static Path connector(TellingRecipe recipe, Path base) {
    Path run = base.resolve(recipe.captioner());
    return ConnectorRuns.start(
        Files.isDirectory(run)
            ? run.resolve(ConnectorTraining.CONNECTOR).toString()
            : recipe.captioner(),
        base);
  }

  /** Equal for what gives equal words. */
  private static String identity(TellingRecipe recipe, Path connector, Workbench bench) {
    String weights;
    try (Checkpoint checkpoint = Checkpoint.open(connector)) {
      weights = checkpoint.sha256();
    }
    List<String> parts =
        List.of(
            weights,
            bench.backbones().encoder().identity(),
            bench.backbones().encoder().processor(),
            bench.backbones().lm().identity(),
            bench.backbones().lm().dtype().toString(),
            "beams "
                + recipe.beams()
                + ", tokens "
                + recipe.maxTokens()
                + ", tags "
                + recipe.tags());
    return FeatureKey.of(String.join("\n", parts).getBytes(StandardCharsets.UTF_8), 0).hash();
  }

  FeatureBench eyes() {
    return bench;
  }

  /** The words about the images of places. */
  List<Told> places(List<QuestionPlace> places, Workers workers) {
    return told(
        places.stream().map(place -> place.example().id()).toList(),
        places.stream().map(QuestionPlace::key).toList(),
        workers);
  }

  /** The words about the images of a data set, in its order; empty where one is broken. */
  List<Optional<Told>> images(FeaturedDataset set, Workers workers) {
    List<String> ids = new ArrayList<>();
    List<FeatureKey> keys = new ArrayList<>();
    List<Integer> at = new ArrayList<>();
    for (int i = 0; i < set.dataset().size(); i++) {
      Optional<FeatureKey> key = set.keys().get(i);
      at.add(key.isPresent() ? keys.size() : -1);
      if (key.isPresent()) {
        keys.add(key.get());
        ids.add(set.dataset().example(i).id());
      }
    }
    List<Told> told = told(ids, keys, workers);
    return at.stream().map(i -> i < 0 ? Optional.<Told>empty() : Optional.of(told.get(i))).toList();
  }

  private List<Told> told(List<String> ids, List<FeatureKey> keys, Workers workers) {
    if (files != null) {
      return ids.stream().map(this::ofFiles).toList();
    }
    try (Progress progress =
        console.progress("telling of images", "images", keys.stream().distinct().count())) {
      return teller.tell(keys, workers, done -> progress.at(done, ""));
    }
  }

  private Told ofFiles(String imageId) {
    return files
        .of(imageId)
        .orElseThrow(
            () ->
                new InputException(
                    "the recipe's caption_files have no caption of image "
                        + imageId
                        + "; add the file of its split"));
  }

  @Override
  public void close() {
    if (method != null) {
      method.close();
    }
    if (models == null) {
      bench.close();
    } else {
      models.close();
    }
  }
}
