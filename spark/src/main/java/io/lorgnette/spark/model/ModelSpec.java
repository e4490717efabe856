package io.lorgnette.spark.model;

import java.io.Serializable;
import java.util.Map;

/**
 * A model by its name: equal ones are one model in an executor.
 *
 * @param <M> what is loaded
 */
public sealed interface ModelSpec<M extends AutoCloseable> extends Serializable
    permits SpeakerSpec, EncoderSpec, JointSpec {

  /**
   * Loads it on this host.
   *
   * @throws io.lorgnette.error.InputException if it is not there, or broken
   */
  M load();

  /** What the manifest says of it. */
  Map<String, String> settings();
}
