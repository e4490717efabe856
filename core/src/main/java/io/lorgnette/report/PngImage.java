package io.lorgnette.report;

import io.lorgnette.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Small pictures as data URIs, for pages that have everything inside. */
public final class PngImage {

  /** What speaks for a word: orange. */
  private static final int FOR = 0xff6a00;

  /** What speaks against it: blue. */
  private static final int AGAINST = 0x0a64ff;

  private static final double MOST_OPAQUE = 0.85;

  private PngImage() {}

  /** A picture as it is. */
  public static String of(RgbImage image) {
    return uri(image.toBufferedImage());
  }

  /**
   * A picture of one pixel for each place, to be laid over a photo: clear at 0, the more opaque the
   * larger the value, orange above 0 and blue below.
   *
   * @param values row by row from the top left
   * @param columns of places
   * @param strongest value that is most opaque; 0 makes all clear
   */
  static String heat(List<Double> values, int columns, double strongest) {
    BufferedImage image =
        new BufferedImage(columns, values.size() / columns, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < values.size(); i++) {
      double share = strongest > 0 ? Math.min(1, Math.abs(values.get(i)) / strongest) : 0;
      int alpha = (int) Math.round(255 * MOST_OPAQUE * share);
      image.setRGB(i % columns, i / columns, alpha << 24 | (values.get(i) > 0 ? FOR : AGAINST));
    }
    return uri(image);
  }

  private static String uri(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", bytes)) {
        throw new IllegalStateException("this Java has no PNG writer; use a full JDK");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
