package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparing pixels. */
final class Pixels {

  private Pixels() {}

  /** Largest difference of two byte arrays of one length, in grey levels. */
  static int largestDifference(byte[] actual, byte[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    int largest = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs((actual[i] & 0xFF) - (expected[i] & 0xFF)));
    }
    return largest;
  }

  /** [H, W, 3] to [3, H, W]. */
  static byte[] planar(RgbImage image) {
    byte[] rgb = image.rgb();
    int pixels = rgb.length / 3;
    byte[] planar = new byte[rgb.length];
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < 3; c++) {
        planar[c * pixels + i] = rgb[3 * i + c];
      }
    }
    return planar;
  }
}
