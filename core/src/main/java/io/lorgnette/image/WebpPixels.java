package io.lorgnette.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;

/**
 * The pixels of one WebP picture, decoded by Google's libwebp, as in Pillow.
 *
 * <p>The library is given a new file with the chunks of one picture only: no animation, which it
 * does not read, no colour profile, no metadata.
 */
final class WebpPixels {

  private static final int HAS_ALPHA = 0x10;

  private WebpPixels() {}

  /**
   * Decodes one picture.
   *
   * @param type of its chunk, {@code "VP8 "} or {@code "VP8L"}
   * @param alpha content of an {@code ALPH} chunk, or null
   * @param opaque whether what the decoder says of transparency is to be ignored
   */
  static Decoded decode(
      String type, Bytes picture, Bytes alpha, boolean opaque, int width, int height)
      throws IOException {
    BufferedImage image = read(file(type, picture, alpha, width, height));
    if (image.getWidth() != width || image.getHeight() != height) {
      throw new IOException("its header and its picture disagree");
    }
    byte[] rgb = new byte[3 * width * height];
    byte[] opacity = opaque ? null : new byte[width * height];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      image.getRaster().getDataElements(0, y, width, 1, row);
      for (int argb : row) {
        rgb[3 * at] = (byte) (argb >> 16);
        rgb[3 * at + 1] = (byte) (argb >> 8);
        rgb[3 * at + 2] = (byte) argb;
        if (!opaque) {
          opacity[at] = (byte) (argb >> 24);
        }
        at++;
      }
    }
    return new Decoded(width, height, rgb, opacity);
  }

  private static BufferedImage read(byte[] file) throws IOException {
    try (MemoryInput input = new MemoryInput(new Bytes(file))) {
      ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
      reader.setInput(input, true, true);
      return reader.read(0);
    } catch (LinkageError e) {
      throw new IOException("the WebP decoder does not run on this machine", e);
    } catch (OutOfMemoryError e) {
      // Thrown for the library's status of that name, which some broken data leads to as well.
      throw new IOException("its data is broken, or needs more memory than there is", e);
    } catch (IOException | RuntimeException e) {
      throw new IOException("its compressed data is broken", e);
    }
  }

  private static byte[] file(String type, Bytes picture, Bytes alpha, int width, int height) {
    if (alpha == null) {
      return riff(chunk(type, picture));
    }
    byte[] extended = new byte[10];
    extended[0] = HAS_ALPHA;
    for (int i = 0; i < 3; i++) {
      extended[4 + i] = (byte) ((width - 1) >> (8 * i));
      extended[7 + i] = (byte) ((height - 1) >> (8 * i));
    }
    return riff(chunk("VP8X", new Bytes(extended)), chunk("ALPH", alpha), chunk(type, picture));
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
