package io.lorgnette.metrics;

/**
 * A question about an image.
 *
 * @param imageId of the image
 * @param question as written in the file
 */
public record VqaQuestion(String imageId, String question) {}
