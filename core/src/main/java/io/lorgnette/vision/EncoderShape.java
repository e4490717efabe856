package io.lorgnette.vision;

/**
 * What the configuration of an encoder tells without its weights.
 *
 * @param description architecture in one line
 * @param imageSize S, pixels
 * @param tokens N
 * @param width Di
 * @param embedding width of the one token that stands for a whole image, see {@link
 *     VisionEncoders#ONE}
 * @param parameters of the model as it was published
 */
public record EncoderShape(
    String description, int imageSize, int tokens, int width, int embedding, long parameters) {

  /** The same encoder with another embedding. */
  public EncoderShape withEmbedding(int other) {
    return new EncoderShape(description, imageSize, tokens, width, other, parameters);
  }
}
