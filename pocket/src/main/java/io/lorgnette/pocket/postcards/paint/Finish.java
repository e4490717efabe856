package io.lorgnette.pocket.postcards.paint;

import io.lorgnette.pocket.postcards.scene.Dice;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** What a camera adds: grain, a darker rim, a slight colour cast and another contrast. */
final class Finish {

  private static final int TABLE = 1 << 14;
  private static final byte[] GRAIN = grain();

  private Finish() {}

  /** Sums of uniform numbers, close to a normal distribution of deviation 32. */
  private static byte[] grain() {
    Dice dice = new Dice(7);
    byte[] grain = new byte[TABLE];
    for (int i = 0; i < TABLE; i++) {
      double sum = 0;
      for (int j = 0; j < 6; j++) {
        sum += dice.unit() - 0.5;
      }
      grain[i] = (byte) Math.max(-127, Math.min(127, Math.round(sum * 32 * Math.sqrt(2))));
    }
    return grain;
  }

  /** Changes {@code image}, which must be of type INT_RGB, in place. */
  static void apply(BufferedImage image, Dice dice) {
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    int width = image.getWidth();
    int height = image.getHeight();
    double deviation = dice.between(1.5, 8);
    double rim = dice.between(0, 0.22);
    double contrast = dice.between(0.92, 1.06);
    double brightness = dice.between(-7, 7);
    double saturation = dice.between(0.82, 1.15);
    double[] cast = {dice.between(0.97, 1.03), dice.between(0.98, 1.02), dice.between(0.96, 1.04)};
    int scale = (int) (deviation * 8);
    for (int y = 0; y < height; y++) {
      double dy = (2.0 * y / height - 1) * (2.0 * y / height - 1);
      for (int x = 0; x < width; x++) {
        double dx = 2.0 * x / width - 1;
        double light = (1 - rim * 0.5 * (dx * dx + dy)) * contrast;
        long bits = dice.next();
        int pixel = pixels[y * width + x];
        int r = pixel >> 16 & 255;
        int g = pixel >> 8 & 255;
        int b = pixel & 255;
        double grey = 0.3 * r + 0.59 * g + 0.11 * b;
        double pale = grey * (1 - saturation) + brightness;
        int red = channel(saturation * r + pale, light * cast[0], scale, (int) bits);
        int green = channel(saturation * g + pale, light * cast[1], scale, (int) (bits >>> 16));
        int blue = channel(saturation * b + pale, light * cast[2], scale, (int) (bits >>> 32));
        pixels[y * width + x] = red << 16 | green << 8 | blue;
      }
    }
  }

  private static int channel(double value, double light, int scale, int random) {
    double grain = GRAIN[random & (TABLE - 1)] * scale / 256.0;
    int result = (int) (128 + (value - 128) * light + grain - 64 * (1 - light));
    return result < 0 ? 0 : Math.min(result, 255);
  }
}
