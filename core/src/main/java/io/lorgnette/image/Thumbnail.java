package io.lorgnette.image;

import io.lorgnette.error.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Pictures made small for pages: a JPEG file in memory. */
public final class Thumbnail {

  private Thumbnail() {}

  /**
   * A picture as a JPEG file, made smaller where it is larger.
   *
   * @param longestSide pixels of its longer side at most
   */
  public static byte[] jpeg(RgbImage image, int longestSide) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(small(image, longestSide).toBufferedImage(), "jpeg", out)) {
        throw new InputException("this Java has no JPEG writer; use a full JDK");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A JPEG file as the address of an image in a page that needs nothing beside it. */
  public static String dataUri(byte[] jpeg) {
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
  }

  private static RgbImage small(RgbImage image, int longestSide) {
    int longest = Math.max(image.width(), image.height());
    return longest <= longestSide
        ? image
        : Resampler.resize(
            image,
            Math.max(1, image.width() * longestSide / longest),
            Math.max(1, image.height() * longestSide / longest),
            Filter.BICUBIC);
  }
}
