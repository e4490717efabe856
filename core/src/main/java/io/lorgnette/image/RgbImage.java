package io.lorgnette.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;

/**
 * A picture in memory: 8 bits per channel, red, green, blue, row by row from the top left.
 *
 * <p>The pixel array is handed over, not copied, in both directions, since pictures are large; who
 * writes into it changes the picture. Nothing in this package writes into an array after it has
 * become an {@code RgbImage}, so a picture may be shared between threads.
 *
 * @since 0.1
 */
public final class RgbImage {

  private final int width;
  private final int height;
  private final byte[] rgb;

  /**
   * A picture over the given array.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @param rgb interleaved, {@code 3 * width * height} bytes, kept without a copy
   */
  public RgbImage(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          width + " x " + height + " pixels do not fit " + rgb.length + " bytes of RGB");
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** The picture's colours drawn into 8-bit sRGB; what is transparent shows white below it. */
  public static RgbImage of(BufferedImage source) {
    int width = source.getWidth();
    int height = source.getHeight();
    byte[] rgb = new byte[3 * width * height];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      source.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        int alpha = argb >>> 24;
        rgb[at++] = Alpha.overWhite((argb >> 16) & 0xFF, alpha);
        rgb[at++] = Alpha.overWhite((argb >> 8) & 0xFF, alpha);
        rgb[at++] = Alpha.overWhite(argb & 0xFF, alpha);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The pixels themselves, interleaved {@code [H, W, 3]}, not a copy. */
  public byte[] rgb() {
    return rgb;
  }

  /**
   * The rectangle with the given top left corner.
   *
   * @throws IllegalArgumentException if it is empty or reaches beyond the picture
   */
  public RgbImage crop(int left, int top, int cropWidth, int cropHeight) {
    requireInside(left, top, cropWidth, cropHeight, width, height);
    byte[] part = new byte[3 * cropWidth * cropHeight];
    for (int y = 0; y < cropHeight; y++) {
      System.arraycopy(rgb, 3 * ((top + y) * width + left), part, 3 * y * cropWidth, 3 * cropWidth);
    }
    return new RgbImage(cropWidth, cropHeight, part);
  }

  static void requireInside(
      int left, int top, int cropWidth, int cropHeight, int width, int height) {
    boolean inside =
        left >= 0
            && top >= 0
            && cropWidth >= 1
            && cropHeight >= 1
            && cropWidth <= width - left
            && cropHeight <= height - top;
    if (!inside) {
      String crop = cropWidth + " x " + cropHeight + " at (" + left + ", " + top + ")";
      throw new IllegalArgumentException(
          "the crop " + crop + " is not inside " + width + " x " + height + " pixels");
    }
  }

  /** A copy for Java2D and ImageIO, of type {@link BufferedImage#TYPE_3BYTE_BGR}. */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < rgb.length; i += 3) {
      bgr[i] = rgb[i + 2];
      bgr[i + 1] = rgb[i + 1];
      bgr[i + 2] = rgb[i];
    }
    return image;
  }

  /** Same size and same pixels. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage that
        && width == that.width
        && height == that.height
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + " x " + height + "]";
  }
}
