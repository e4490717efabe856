package io.lorgnette.method;

import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;

/**
 * What a method has to know of a frozen vision encoder, so that features can come from a cache and
 * parameters be counted without weights.
 *
 * @param name for people, e.g. {@code openai/clip-vit-large-patch14}
 * @param output which of its outputs, see {@link VisionEncoders#load(java.nio.file.Path, String,
 *     io.lorgnette.tensor.Dtype, io.lorgnette.tensor.Device)}; empty for its own choice
 * @param identity equal for encoders that give equal features, see {@link VisionEncoder#identity}
 * @param processor identity of the preprocessing
 * @param width Di
 * @param tokens N, visual tokens of one image
 * @param parameters of the published model
 */
public record EncoderSpec(
    String name,
    String output,
    String identity,
    String processor,
    int width,
    int tokens,
    long parameters) {

  /** An encoder with its own choice of output. */
  public EncoderSpec(
      String name, String identity, String processor, int width, int tokens, long parameters) {
    this(name, "", identity, processor, width, tokens, parameters);
  }

  /** Describes a loaded encoder. */
  public static EncoderSpec of(String name, String output, VisionEncoder encoder) {
    return new EncoderSpec(
        name,
        output,
        encoder.identity(),
        encoder.processor().identity(),
        encoder.width(),
        encoder.tokens(),
        encoder.parameterCount());
  }
}
