package io.lorgnette.data;

import io.lorgnette.image.Filter;
import io.lorgnette.image.Resampler;
import io.lorgnette.image.RgbImage;

/**
 * A difference hash of 128 bits: the picture in grey at 9 x 9, one bit for each neighbour to the
 * right and each neighbour below that is brighter. It survives other sizes, other proportions and
 * JPEG's losses, which is how copies of a photo differ between data sets; it does not survive crops
 * or mirrors.
 *
 * @param across the 64 bits from left to right, rows from the top
 * @param down the 64 bits from top to bottom
 */
public record ImageHash(long across, long down) {

  /** Largest distance at which two pictures are taken for the same photo; see docs/data.md. */
  public static final int NEAR = 10;

  private static final int SIDE = 9;

  /** Hashes a decoded picture. */
  public static ImageHash of(RgbImage image) {
    byte[] rgb = Resampler.resize(image, SIDE, SIDE, Filter.BILINEAR).rgb();
    int[] grey = new int[SIDE * SIDE];
    for (int i = 0; i < grey.length; i++) {
      // Luma of Rec. 601 in thousandths.
      grey[i] =
          299 * (rgb[3 * i] & 0xFF) + 587 * (rgb[3 * i + 1] & 0xFF) + 114 * (rgb[3 * i + 2] & 0xFF);
    }
    long across = 0;
    long down = 0;
    for (int y = 0; y < SIDE - 1; y++) {
      for (int x = 0; x < SIDE - 1; x++) {
        int here = grey[y * SIDE + x];
        across = across << 1 | (grey[y * SIDE + x + 1] > here ? 1 : 0);
        down = down << 1 | (grey[(y + 1) * SIDE + x] > here ? 1 : 0);
      }
    }
    return new ImageHash(across, down);
  }

  /** How many of the 128 bits differ. */
  public int distance(ImageHash other) {
    return Long.bitCount(across ^ other.across) + Long.bitCount(down ^ other.down);
  }
}
