/**
 * Scenes to pictures, with Java2D and without a display, fonts or files.
 *
 * <p>In: a {@link io.lorgnette.pocket.postcards.scene.Scene}. Out: a {@code BufferedImage}, or the
 * bytes of a JPEG file. Read {@link io.lorgnette.pocket.postcards.paint.ScenePainter} and {@code
 * Brush} first; the other classes each draw one group of things. For use by postcards only.
 */
package io.lorgnette.pocket.postcards.paint;
