package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.ImageRef;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.feature.ExtractionCounts;
import io.lorgnette.feature.ExtractionListener;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureExtractor;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.Photo;
import io.lorgnette.image.ImageReader;
import io.lorgnette.method.Sight;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.train.FeaturedDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** An encoder, loaded, and the features of images. */
final class FeatureBench implements AutoCloseable {

  /** Long enough for another process that extracts the features of a large set. */
  private static final long WAIT_MILLIS = 3_600_000;

  private final Console console;
  private final Sight sight;
  private final FeatureCache cache;

  /** Opens the cache of an encoder, which it owns from then on. */
  FeatureBench(Console console, Sight sight) {
    this.console = console;
    this.sight = sight;
    cache =
        FeatureExtractor.openCache(
            CacheFolder.features(),
            sight.features(),
            ImageReader.Options.DEFAULT,
            Dtype.F16,
            FeatureCache.DEFAULT_MAX_BYTES);
  }

  Sight sight() {
    return sight;
  }

  FeatureCache features() {
    return cache;
  }

  /** Opens data sets and computes the features of their images. */
  List<FeaturedDataset> featured(List<DatasetSpec> specs, DataRoots roots, Problems problems) {
    List<FeaturedDataset> sets = new ArrayList<>();
    for (DatasetSpec spec : specs) {
      sets.add(featured(Datasets.open(spec, roots, problems)));
    }
    return sets;
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
  }
}
