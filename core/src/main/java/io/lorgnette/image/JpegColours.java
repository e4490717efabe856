package io.lorgnette.image;

/**
 * From the colours stored in JPEG files to RGB, with the integer arithmetic of the IJG library (ITU
 * T.871 with 16 fractional bits) and, for CMYK, of Pillow.
 */
final class JpegColours {

  private static final int[] RED_OF_CR = new int[256];
  private static final int[] BLUE_OF_CB = new int[256];
  private static final int[] GREEN_OF_CR = new int[256];
  private static final int[] GREEN_OF_CB = new int[256];

  static {
    int half = 1 << 15;
    for (int i = 0; i < 256; i++) {
      int x = i - 128;
      RED_OF_CR[i] = (fixed(1.402) * x + half) >> 16;
      BLUE_OF_CB[i] = (fixed(1.772) * x + half) >> 16;
      GREEN_OF_CR[i] = -fixed(0.71414) * x;
      GREEN_OF_CB[i] = -fixed(0.34414) * x + half;
    }
  }

  private JpegColours() {}

  private static int fixed(double value) {
    return (int) (value * (1 << 16) + 0.5);
  }

  static byte[] greyToRgb(byte[] grey) {
    byte[] rgb = new byte[3 * grey.length];
    int to = 0;
    for (byte value : grey) {
      rgb[to] = value;
      rgb[to + 1] = value;
      rgb[to + 2] = value;
      to += 3;
    }
    return rgb;
  }

  /** {@code [.., 3]} Y, Cb, Cr to RGB, in place. */
  static byte[] yccToRgb(byte[] pixels) {
    yccToRgb(pixels, 3);
    return pixels;
  }

  private static void yccToRgb(byte[] pixels, int step) {
    for (int i = 0; i < pixels.length; i += step) {
      int y = pixels[i] & 0xFF;
      int cb = pixels[i + 1] & 0xFF;
      int cr = pixels[i + 2] & 0xFF;
      pixels[i] = clip(y + RED_OF_CR[cr]);
      pixels[i + 1] = clip(y + ((GREEN_OF_CB[cb] + GREEN_OF_CR[cr]) >> 16));
      pixels[i + 2] = clip(y + BLUE_OF_CB[cb]);
    }
  }

  /**
   * {@code [.., 4]} inverted CMYK, as Adobe's programs and so nearly all CMYK files store it, to
   * RGB. With {@code ycck} the first three are Y, Cb, Cr of the inverted inks' complement.
   */
  static byte[] cmykToRgb(byte[] pixels, boolean ycck) {
    if (ycck) {
      yccToRgb(pixels, 4);
    }
    byte[] rgb = new byte[pixels.length / 4 * 3];
    int to = 0;
    for (int i = 0; i < pixels.length; i += 4) {
      int light = pixels[i + 3] & 0xFF;
      for (int c = 0; c < 3; c++) {
        int stored = pixels[i + c] & 0xFF;
        int ink = ycck ? stored : 255 - stored;
        rgb[to++] = clip(light - timesOver255(ink, light));
      }
    }
    return rgb;
  }

  /** a * b / 255, rounded, without a division. */
  private static int timesOver255(int a, int b) {
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
  }

  private static byte clip(int value) {
    return (byte) (value < 0 ? 0 : value > 255 ? 255 : value);
  }
}
