package io.lorgnette.image;

import java.io.EOFException;

/**
 * How a stored picture must be turned to stand upright: the Orientation tag (0x0112) of EXIF.
 *
 * <p>The constants are in the order of the tag's values 1 to 8 and are named after what is done to
 * the stored pixels.
 */
enum Orientation {
  AS_STORED,
  MIRROR,
  ROTATE_180,
  FLIP,
  TRANSPOSE,
  ROTATE_CLOCKWISE,
  TRANSVERSE,
  ROTATE_COUNTERCLOCKWISE;

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;

  /**
   * Reads the tag from a TIFF structure (EXIF data after its {@code Exif\0\0} prefix). Pictures
   * with broken EXIF data are common and otherwise whole, so whatever can not be read means as
   * stored.
   */
  static Orientation ofTiff(Bytes tiff) {
    try {
      boolean bigEndian = tiff.has(0, "MM\0*");
      if (!bigEndian && !tiff.has(0, "II*\0")) {
        return AS_STORED;
      }
      long directory = tiff.u32(4, bigEndian);
      int entries = tiff.u16(directory, bigEndian);
      for (int i = 0; i < entries; i++) {
        long entry = directory + 2 + 12L * i;
        if (tiff.u16(entry, bigEndian) == TAG) {
          boolean isShort = tiff.u16(entry + 2, bigEndian) == SHORT;
          long value = isShort ? tiff.u16(entry + 8, bigEndian) : tiff.u32(entry + 8, bigEndian);
          return value >= 1 && value <= 8 ? values()[(int) value - 1] : AS_STORED;
        }
      }
      return AS_STORED;
    } catch (EOFException e) {
      return AS_STORED;
    }
  }

  /** The picture standing upright. */
  RgbImage apply(RgbImage image) {
    int w = image.width();
    int h = image.height();
    // Where the upright pixel (x, y) lies in the stored picture: origin + x * stepX + y * stepY.
    return switch (this) {
      case AS_STORED -> image;
      case MIRROR -> walk(image, w, h, w - 1, -1, w);
      case ROTATE_180 -> walk(image, w, h, w * h - 1, -1, -w);
      case FLIP -> walk(image, w, h, w * (h - 1), 1, -w);
      case TRANSPOSE -> walk(image, h, w, 0, w, 1);
      case ROTATE_CLOCKWISE -> walk(image, h, w, w * (h - 1), -w, 1);
      case TRANSVERSE -> walk(image, h, w, w * h - 1, -w, -1);
      case ROTATE_COUNTERCLOCKWISE -> walk(image, h, w, w - 1, w, -1);
    };
  }

  private static RgbImage walk(
      RgbImage image, int width, int height, int origin, int stepX, int stepY) {
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      int from = 3 * (origin + y * stepY);
      for (int x = 0; x < width; x++) {
        out[to] = in[from];
        out[to + 1] = in[from + 1];
        out[to + 2] = in[from + 2];
        to += 3;
        from += 3 * stepX;
      }
    }
    return new RgbImage(width, height, out);
  }
}
