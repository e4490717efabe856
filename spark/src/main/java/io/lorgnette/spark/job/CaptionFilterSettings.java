package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.model.JointSpec;
import java.io.Serializable;

/**
 * How captions are written and ranked, as {@link io.lorgnette.curate.SyntheticCaptions} does it.
 *
 * @param captions to write about an image, drawn from the most probable words
 * @param topP share of these words
 * @param seed draws them, with the place of an image in its unit
 * @param keep best captions of an image that are kept
 */
public record CaptionFilterSettings(
    SpeakingSettings speaking, JointSpec joint, int captions, double topP, long seed, int keep)
    implements Serializable {

  public CaptionFilterSettings {
    if (captions < 1 || keep < 1) {
      throw new InputException("captions to write and to keep must be at least 1");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new InputException("the share of words must be above 0 and at most 1, not " + topP);
    }
  }
}
