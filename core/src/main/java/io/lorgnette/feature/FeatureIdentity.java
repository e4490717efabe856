package io.lorgnette.feature;

import io.lorgnette.image.ImageReader;
import io.lorgnette.vision.VisionEncoder;

/**
 * Whose features they are: what a {@link FeatureCache} is opened with.
 *
 * @param encoder its weights, output and the format it computes in
 * @param processor all that is done to an image before
 */
public record FeatureIdentity(String encoder, String processor) {

  /** The identity of an encoder's features of images that are read in this way. */
  public static FeatureIdentity of(VisionEncoder encoder, ImageReader.Options reading) {
    String kept = encoder.parameters().storage();
    return new FeatureIdentity(
        encoder.identity()
            + " computed in "
            + encoder.dtype()
            + (kept.isEmpty() ? "" : " from " + kept),
        encoder.processor().identity() + ";" + reading.identity());
  }
}
