package io.lorgnette.image;

import com.twelvemonkeys.imageio.plugins.webp.vp8.VP8Frame;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferInt;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteOrder;

/**
 * WebP's lossy bitstream (VP8, RFC 6386), by the decoder of TwelveMonkeys ImageIO.
 *
 * <p>Only its luminance and chrominance planes are taken. Its own colours repeat each chrominance
 * sample four times and so differ from libwebp's by up to 48 grey levels at edges; here chrominance
 * is interpolated and converted as libwebp does it, with equal results.
 */
final class WebpLossy {

  private WebpLossy() {}

  /** RGB {@code [H, W, 3]}. */
  static byte[] decode(Bytes chunk, int width, int height) throws IOException {
    try (MemoryInput input = new MemoryInput(chunk)) {
      input.setByteOrder(ByteOrder.LITTLE_ENDIAN);
      VP8Frame frame = new VP8Frame(input, false);
      frame.decode(
          Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 3, null), null);
      return toRgb(
          plane(frame.getDebugImageYBuffer()),
          plane(frame.getDebugImageUBuffer()),
          plane(frame.getDebugImageVBuffer()),
          width,
          height);
    } catch (RuntimeException e) {
      // Broken data makes the decoder fail in many ways, for example with a bad array index.
      throw new IOException("its compressed data is broken", e);
    }
  }

  /** The plane's samples in the low byte of each pixel; chrominance samples fill 2 x 2 pixels. */
  private static int[] plane(BufferedImage image) {
    return ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
  }

  private static byte[] toRgb(int[] luma, int[] cb, int[] cr, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    int lastColumn = (width - 1) / 2;
    int lastRow = (height - 1) / 2;
    int at = 0;
    for (int y = 0; y < height; y++) {
      int nearRow = y / 2;
      int farRow = Math.max(0, Math.min(lastRow, (y & 1) == 0 ? nearRow - 1 : nearRow + 1));
      for (int x = 0; x < width; x++) {
        int nearColumn = x / 2;
        int farColumn =
            Math.max(0, Math.min(lastColumn, (x & 1) == 0 ? nearColumn - 1 : nearColumn + 1));
        int a = 2 * (nearRow * width + nearColumn);
        int b = 2 * (nearRow * width + farColumn);
        int c = 2 * (farRow * width + nearColumn);
        int d = 2 * (farRow * width + farColumn);
        int yy = ((luma[y * width + x] & 0xFF) * 19077) >> 8;
        int u = interpolate(cb, a, b, c, d);
        int v = interpolate(cr, a, b, c, d);
        rgb[at++] = clip(yy + ((v * 26149) >> 8) - 14234);
        rgb[at++] = clip(yy - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
        rgb[at++] = clip(yy + ((u * 33050) >> 8) - 17685);
      }
    }
    return rgb;
  }

  /** 9, 3, 3 and 1 sixteenths of the four nearest samples, nearest first. */
  private static int interpolate(int[] plane, int a, int b, int c, int d) {
    return (9 * (plane[a] & 0xFF)
            + 3 * (plane[b] & 0xFF)
            + 3 * (plane[c] & 0xFF)
            + (plane[d] & 0xFF)
            + 8)
        >> 4;
  }

  /** From 6 fractional bits to a byte. */
  private static byte clip(int value) {
    return (byte) (value < 0 ? 0 : value >= 256 << 6 ? 255 : value >> 6);
  }
}
