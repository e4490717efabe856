package io.lorgnette.feature;

import io.lorgnette.error.InputException;

/** Hears what becomes of the images of an extraction, on the thread that runs it. */
public interface ExtractionListener {

  /** Hears nothing. */
  ExtractionListener NONE = new ExtractionListener() {};

  /** The features of an image are in the cache under a key. Images come in any order. */
  default void done(String name, FeatureKey key) {}

  /** An image can not be used; the sentence says why. */
  default void broken(String name, InputException why) {}

  /** After each batch and at the end. */
  default void progress(ExtractionCounts soFar) {}
}
