package io.lorgnette.spark.job;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.spark.model.ExecutorModels;
import java.util.Map;

/** Work in which a model speaks about images. */
interface SpeakingWork extends UnitWork {

  /** The model, and how it speaks. */
  SpeakingSettings of();

  /** The executor's model, loaded once. */
  default VisionLanguageModel model() {
    return ExecutorModels.get(of().model());
  }

  @Override
  default Map<String, String> settings() {
    return of().settings();
  }

  @Override
  default int batch() {
    return of().batch();
  }

  @Override
  default Map<String, String> prepare() {
    model();
    return Map.of();
  }
}
