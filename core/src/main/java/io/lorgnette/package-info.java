/**
 * The front door: {@link io.lorgnette.VisionLanguageModel} captions images and answers questions
 * about them. Everything behind it lies on one line, {@code image → vision → mapper → language →
 * generate}, and can be used piece by piece.
 *
 * <pre>{@code
 * try (var model = VisionLanguageModel.load(vision, language, connector, Numerics.choose(CPU, AUTO, 0))) {
 *   System.out.println(model.caption(ImageReader.read(photo)).text());
 * }
 * }</pre>
 */
package io.lorgnette;
