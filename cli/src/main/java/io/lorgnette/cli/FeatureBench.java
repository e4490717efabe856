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
import io.lorgnette.image.View;
import io.lorgnette.method.Sight;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
    Stream<Photo> photos =
        IntStream.range(0, keys.length).mapToObj(i -> photo(dataset, i, View.PLAIN));
    look(dataset, "looking at ", keys.length, photos, (index, key) -> keys[index] = key);
    return new FeaturedDataset(dataset, Arrays.stream(keys).map(Optional::ofNullable).toList());
  }

  /** The same data set with the features of other views of its images. */
  FeaturedDataset varied(FeaturedDataset set, Views views) {
    Dataset dataset = set.dataset();
    List<List<FeatureKey>> keys = new ArrayList<>();
    for (int i = 0; i < dataset.size(); i++) {
      List<FeatureKey> own = new ArrayList<>();
      if (set.keys().get(i).isPresent()) {
        FeatureKey plain = set.keys().get(i).get();
        views.of(plain, dataset.example(i)).forEach(v -> own.add(plain.withView(v.number())));
      }
      keys.add(own);
    }
    Stream<Photo> photos =
        IntStream.range(0, keys.size())
            .boxed()
            .flatMap(i -> keys.get(i).stream().map(key -> photo(dataset, i, View.of(key.view()))));
    long count = keys.stream().mapToLong(List::size).sum();
    look(dataset, "looking at views of ", count, photos, (index, key) -> {});
    keys.forEach(own -> own.removeIf(key -> !cache.contains(key)));
    return new FeaturedDataset(dataset, set.keys(), keys);
  }

  /**
   * Brings the features of photos, which are called by their index in a data set, into the cache.
   */
  private void look(
      Dataset dataset,
      String work,
      long count,
      Stream<Photo> photos,
      BiConsumer<Integer, FeatureKey> found) {
    try (Progress progress = console.progress(work + dataset.name(), "images", count)) {
      // The index stands in for the name: two images may have equal names in different folders.
      ExtractionListener listener =
          new ExtractionListener() {
            @Override
            public void done(String name, FeatureKey key) {
              found.accept(Integer.parseInt(name), key);
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
          .extract(photos.iterator(), WAIT_MILLIS, listener);
    }
  }

  private static Photo photo(Dataset dataset, int index, View view) {
    ImageRef image = dataset.image(index);
    return new Photo(Integer.toString(index), image::bytes, view);
  }

  @Override
  public void close() {
    cache.close();
    sight.close();
  }
}
