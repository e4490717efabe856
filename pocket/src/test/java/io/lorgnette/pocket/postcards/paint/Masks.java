package io.lorgnette.pocket.postcards.paint;

import io.lorgnette.pocket.postcards.scene.Figure;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/** Which pixels a thing has, and which of them are seen, found by drawing every layer alone. */
final class Masks {

  private static final int OPAQUE = 128;

  private Masks() {}

  /** The pixels of the thing itself, drawn alone. */
  static boolean[] thing(Scene scene, Figure figure) {
    return layer(scene, graphics -> ScenePainter.thing(graphics, scene, figure));
  }

  /** The pixels of {@code figure} that no nearer figure and no flag covers. */
  static boolean[] visible(Scene scene, int figure) {
    boolean[] mask = thing(scene, scene.figures().get(figure));
    for (int i = figure + 1; i < scene.figures().size(); i++) {
      Figure nearer = scene.figures().get(i);
      remove(mask, layer(scene, graphics -> ScenePainter.figure(graphics, scene, nearer)));
    }
    scene.flag().ifPresent(flag -> remove(mask, flag(scene)));
    return mask;
  }

  /** The pixels of the flag with its pole. */
  static boolean[] flag(Scene scene) {
    return layer(
        scene,
        graphics ->
            Flags.paint(graphics, scene.flag().orElseThrow(), Light.of(scene.sky()), false));
  }

  static int count(boolean[] mask) {
    int count = 0;
    for (boolean set : mask) {
      count += set ? 1 : 0;
    }
    return count;
  }

  private static void remove(boolean[] mask, boolean[] other) {
    for (int i = 0; i < mask.length; i++) {
      mask[i] &= !other[i];
    }
  }

  private static boolean[] layer(Scene scene, Consumer<Graphics2D> painter) {
    int width = scene.stage().width();
    int height = scene.stage().height();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = ScenePainter.smooth(image);
    painter.accept(graphics);
    graphics.dispose();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    boolean[] mask = new boolean[pixels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = pixels[i] >>> 24 >= OPAQUE;
    }
    return mask;
  }
}
