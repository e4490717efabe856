package io.lorgnette.train;

import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.TrainingBatch;
import java.util.List;

/** Images by key and what is to be learned about them, by their place among the keys. */
record Shown(
    List<FeatureKey> keys, List<TrainingBatch.Text> texts, List<TrainingBatch.Sequence> sequences) {

  /** With features in the current scope. */
  TrainingBatch batch(FeatureCache features) {
    return new TrainingBatch(features.get(keys), texts, sequences);
  }

  long targetTokens(MethodConfig method) {
    return TrainingBatch.targetTokens(method, texts, sequences);
  }
}
