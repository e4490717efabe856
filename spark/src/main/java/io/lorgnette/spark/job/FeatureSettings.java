package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.model.EncoderSpec;
import io.lorgnette.tensor.Dtype;
import java.io.Serializable;

/**
 * What features are wanted.
 *
 * @param stored number format in the files: F32, F16 or BF16
 * @param batch images that the encoder gets at once
 */
public record FeatureSettings(EncoderSpec encoder, Dtype stored, int batch)
    implements Serializable {

  public FeatureSettings {
    if (stored != Dtype.F32 && stored != Dtype.F16 && stored != Dtype.BF16) {
      throw new InputException("features are kept as f32, f16 or bf16, not " + stored);
    }
    if (batch < 1) {
      throw new InputException("a batch must have at least 1 image, not " + batch);
    }
  }
}
