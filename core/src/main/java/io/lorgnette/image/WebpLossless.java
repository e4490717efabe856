package io.lorgnette.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;

/**
 * WebP's lossless bitstream (VP8L) and the transparency of lossy pictures, by the decoder of
 * TwelveMonkeys ImageIO. It is given a new file with the picture's chunks only, since it would obey
 * a colour profile.
 */
final class WebpLossless {

  private static final int HAS_ALPHA = 0x10;

  private WebpLossless() {}

  static Decoded decode(Bytes chunk, int width, int height) throws IOException {
    return read(riff(chunk("VP8L", chunk)), width, height);
  }

  /** Transparency {@code [H, W]} of a lossy picture, 255 opaque. */
  static byte[] decodeAlpha(Bytes alpha, Bytes lossy, int width, int height) throws IOException {
    byte[] extended = new byte[10];
    extended[0] = HAS_ALPHA;
    for (int i = 0; i < 3; i++) {
      extended[4 + i] = (byte) ((width - 1) >> (8 * i));
      extended[7 + i] = (byte) ((height - 1) >> (8 * i));
    }
    byte[] riff =
        riff(chunk("VP8X", new Bytes(extended)), chunk("ALPH", alpha), chunk("VP8 ", lossy));
    Decoded decoded = read(riff, width, height);
    if (decoded.alpha() == null) {
      throw new IOException("its transparency is missing");
    }
    return decoded.alpha();
  }

  private static Decoded read(byte[] riff, int width, int height) throws IOException {
    ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
    try (MemoryInput input = new MemoryInput(new Bytes(riff))) {
      reader.setInput(input, true, true);
      return decoded(reader.read(0).getRaster(), width, height);
    } catch (RuntimeException e) {
      // Broken data makes the decoder fail in many ways, for example with a bad array index.
      throw new IOException("its compressed data is broken", e);
    } finally {
      reader.dispose();
    }
  }

  private static Decoded decoded(Raster raster, int width, int height) throws IOException {
    int bands = raster.getNumBands();
    if (raster.getWidth() != width || raster.getHeight() != height || bands < 3) {
      throw new IOException("its header and its picture disagree");
    }
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = bands == 4 ? new byte[width * height] : null;
    int[] row = new int[bands * width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int from = 0; from < row.length; from += bands, at++) {
        rgb[3 * at] = (byte) row[from];
        rgb[3 * at + 1] = (byte) row[from + 1];
        rgb[3 * at + 2] = (byte) row[from + 2];
        if (alpha != null) {
          alpha[at] = (byte) row[from + 3];
        }
      }
    }
    return new Decoded(width, height, rgb, alpha);
  }

  private static byte[] riff(byte[]... chunks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("WEBP".getBytes(ISO_8859_1));
    for (byte[] chunk : chunks) {
      body.writeBytes(chunk);
    }
    return chunk("RIFF", new Bytes(body.toByteArray()));
  }

  /** Type, length and content, padded to an even length. */
  private static byte[] chunk(String type, Bytes content) {
    int length = content.length();
    return ByteBuffer.allocate(8 + length + (length & 1))
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(type.getBytes(ISO_8859_1))
        .putInt(length)
        .put(content.array(), content.start(), length)
        .array();
  }
}
