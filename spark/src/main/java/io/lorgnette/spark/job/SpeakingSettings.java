package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.spark.model.SpeakerSpec;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * Who speaks, and how.
 *
 * @param beams of the search; 1 is greedy
 * @param maxTokens of a caption or answer at most
 * @param batch images that are looked at together
 */
public record SpeakingSettings(SpeakerSpec model, int beams, int maxTokens, int batch)
    implements Serializable {

  public SpeakingSettings {
    if (beams < 1 || maxTokens < 1 || batch < 1) {
      throw new InputException("beams, tokens and the batch must be at least 1");
    }
  }

  GenerationConfig config() {
    return GenerationConfig.beams(beams, maxTokens);
  }

  Map<String, String> settings() {
    Map<String, String> all = new HashMap<>(model.settings());
    all.put("beams", Integer.toString(beams));
    all.put("maxTokens", Integer.toString(maxTokens));
    return all;
  }
}
