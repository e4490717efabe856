package io.lorgnette.train;

import io.lorgnette.data.Dataset;
import io.lorgnette.feature.FeatureKey;
import java.util.List;
import java.util.Optional;

/**
 * A data set whose features lie in a cache.
 *
 * @param keys of its images in its order; empty where an image could not be decoded
 */
public record FeaturedDataset(Dataset dataset, List<Optional<FeatureKey>> keys) {

  /**
   * Checks that every image has its key or its gap.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public FeaturedDataset {
    keys = List.copyOf(keys);
    if (keys.size() != dataset.size()) {
      throw new IllegalArgumentException(
          keys.size() + " keys for the " + dataset.size() + " images of " + dataset.name());
    }
  }
}
