package io.lorgnette.cli;

import io.lorgnette.data.Dataset;
import io.lorgnette.data.ImageRef;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.feature.ExtractionCounts;
import io.lorgnette.feature.ExtractionListener;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureExtractor;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.Photo;
import io.lorgnette.image.ImageReader;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.Sight;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Workers;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The frozen models of a run, loaded, and the features of its images. */
final class Workbench implements AutoCloseable {

  /** Long enough for another process that extracts the features of a large set. */
  private static final long WAIT_MILLIS = 3_600_000;

  private final Console console;
  private final Sight sight;
  private final TextModel lm;
  private final Tokenizer tokenizer;
  private final Backbones backbones;
  private final FeatureCache cache;
  private final Numerics numerics;

  /**
   * Loads the models.
   *
   * @param vision folder
   * @param language folder or GGUF file
   * @param visionName for people
   * @param output which of the encoder's outputs; empty for its own choice
   * @param trained whether the encoder is to be trained, which then sees pixels
   * @param languageName for people
   * @param weights how the language model is kept in memory
   */
  Workbench(
      Console console,
      Path vision,
      String visionName,
      String output,
      boolean trained,
      Path language,
      String languageName,
      Numerics numerics,
      Precision weights) {
    this.console = console;
    this.numerics = numerics;
    numerics.apply();
    sight = Sight.open(vision, visionName, output, trained, numerics.device());
    lm = TextModel.load(language, weights, numerics.device());
    tokenizer = Tokenizer.load(language);
    backbones = Backbones.of(sight.spec(), languageName, lm, tokenizer).withEyes(sight.eyes());
    cache =
        FeatureExtractor.openCache(
            CacheFolder.features(),
            sight.features(),
            ImageReader.Options.DEFAULT,
            Dtype.F16,
            FeatureCache.DEFAULT_MAX_BYTES);
  }

  Backbones backbones() {
    return backbones;
  }

  FeatureCache features() {
    return cache;
  }

  /** A team for work that has no gradients; to be closed. */
  Workers workers() {
    return new Workers(numerics.parts());
  }

  /** A data set with the features of all its images; broken ones are noted in its problems. */
  FeaturedDataset featured(Dataset dataset) {
    FeatureKey[] keys = new FeatureKey[dataset.size()];
    try (Progress progress =
        console.progress("looking at " + dataset.name(), "images", dataset.size())) {
      // The index stands in for the name: two images may have equal names in different folders.
      ExtractionListener listener =
          new ExtractionListener() {
            @Override
            public void done(String name, FeatureKey key) {
              keys[Integer.parseInt(name)] = key;
            }

            @Override
            public void broken(String name, InputException why) {
              ImageRef image = dataset.image(Integer.parseInt(name));
              dataset.problems().addBrokenImage(dataset.name(), image, why);
            }

            @Override
            public void progress(ExtractionCounts soFar) {
              progress.at(soFar.total(), soFar.reused() > 0 ? soFar.reused() + " known" : "");
            }
          };
      new FeatureExtractor(sight.features(), cache, ImageReader.Options.DEFAULT)
          .extract(
              IntStream.range(0, dataset.size()).mapToObj(i -> photo(dataset, i)).iterator(),
              WAIT_MILLIS,
              listener);
    }
    List<Optional<FeatureKey>> all = Arrays.stream(keys).map(Optional::ofNullable).toList();
    return new FeaturedDataset(dataset, all);
  }

  private static Photo photo(Dataset dataset, int index) {
    ImageRef image = dataset.image(index);
    return new Photo(Integer.toString(index), image::bytes);
  }

  @Override
  public void close() {
    cache.close();
    sight.close();
    lm.close();
    tokenizer.close();
  }
}
