/**
 * From pixels to visual tokens.
 *
 * <p>In: {@code pixels [B, 3, S, S]}, normalised by the encoder's processor. Out: {@code features
 * [B, N, Di]}. {@link io.lorgnette.vision.VisionEncoder} is what later stages see; {@link
 * io.lorgnette.vision.VisionEncoders#load} reads a folder with {@code config.json} and weights.
 * Each family has a configuration record, which counts parameters without weights, and a class that
 * reads from top to bottom. Every encoder names its stages, so that a parity test finds the first
 * that differs.
 *
 * <p>CLIP and SigLIP come as pairs: {@link io.lorgnette.vision.DualEncoder} holds a vision encoder
 * that is also an {@link io.lorgnette.vision.ImageTower} and the {@link
 * io.lorgnette.vision.TextTower} that shares its space, and scores images against texts. {@link
 * io.lorgnette.vision.JointFolder} is such a pair trained here, {@link
 * io.lorgnette.vision.JointTexts} the text's side as a teacher.
 *
 * <p>Legend: B batch, S image size, N tokens, Di width, C channels, h heads or height.
 */
package io.lorgnette.vision;
