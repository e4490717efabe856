package io.lorgnette.image;

/**
 * Pixels as stored in a file, before transparency and orientation are dealt with.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb interleaved {@code [H, W, 3]}
 * @param alpha {@code [H, W]}, 255 opaque; null where the file has no transparency
 */
@SuppressWarnings("ArrayRecordComponent") // a parcel between two methods, never compared
record Decoded(int width, int height, byte[] rgb, byte[] alpha) {

  /** The picture, its transparency dealt with; the pixel array is reused. */
  RgbImage toRgb(Alpha policy) {
    if (alpha != null && policy == Alpha.WHITE) {
      for (int i = 0; i < alpha.length; i++) {
        int a = alpha[i] & 0xFF;
        if (a != 255) {
          for (int c = 3 * i; c < 3 * i + 3; c++) {
            rgb[c] = Alpha.overWhite(rgb[c] & 0xFF, a);
          }
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
