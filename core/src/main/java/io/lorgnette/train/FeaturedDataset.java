package io.lorgnette.train;

import io.lorgnette.data.Dataset;
import io.lorgnette.feature.FeatureKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A data set whose features lie in a cache.
 *
 * @param keys of its images in its order; empty where an image could not be decoded
 * @param views keys of other views of each image, for training; empty lists where there are none
 */
public record FeaturedDataset(
    Dataset dataset, List<Optional<FeatureKey>> keys, List<List<FeatureKey>> views) {

  /**
   * Checks that every image has its key or its gap.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public FeaturedDataset {
    keys = List.copyOf(keys);
    views = views.stream().map(List::copyOf).toList();
    if (keys.size() != dataset.size() || views.size() != dataset.size()) {
      throw new IllegalArgumentException(
          keys.size()
              + " keys and views of "
              + views.size()
              + " for the "
              + dataset.size()
              + " images of "
              + dataset.name());
    }
  }

  /** A data set whose images are seen as they are. */
  public FeaturedDataset(Dataset dataset, List<Optional<FeatureKey>> keys) {
    this(dataset, keys, Collections.nCopies(keys.size(), List.of()));
  }

  /**
   * The same texts with the photos exchanged among all images that could be decoded, so that no
   * image keeps its own (one cycle, by Sattolo 1986): what a system says then owes nothing to what
   * it sees. All questions of an image are asked about the same other one. Without other views.
   *
   * @param seed draws the exchange
   */
  public FeaturedDataset withPhotosExchanged(long seed) {
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).isPresent()) {
        seen.add(i);
      }
    }
    List<Optional<FeatureKey>> exchanged = new ArrayList<>(keys);
    SplittableRandom random = new SplittableRandom(seed);
    for (int last = seen.size() - 1; last > 0; last--) {
      int other = seen.get(random.nextInt(last));
      int own = seen.get(last);
      Optional<FeatureKey> kept = exchanged.get(own);
      exchanged.set(own, exchanged.get(other));
      exchanged.set(other, kept);
    }
    return new FeaturedDataset(dataset, exchanged);
  }
}
