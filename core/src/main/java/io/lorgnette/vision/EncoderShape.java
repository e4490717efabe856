package io.lorgnette.vision;

/**
 * What the configuration of an encoder tells without its weights.
 *
 * @param description architecture in one line
 * @param imageSize S, pixels
 * @param tokens N
 * @param width Di
 * @param parameters of the model as it was published
 */
public record EncoderShape(
    String description, int imageSize, int tokens, int width, long parameters) {}
