package io.lorgnette.cli;

import io.lorgnette.data.Dataset;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.RetrievalScores;

/**
 * How well images and captions of a data set found each other.
 *
 * @param system what ranked them, for people
 * @param images number of those that can be seen and have captions
 * @param texts number of their captions
 * @param reranked how many of the nearest were ranked anew for each; 0 for none
 */
record Retrieved(String system, int images, int texts, int reranked, RetrievalScores scores) {

  /** There is nothing to rank. */
  static InputException nothing(Dataset dataset) {
    return new InputException(
        "the data set " + dataset.name() + " has no image with a caption here");
  }
}
