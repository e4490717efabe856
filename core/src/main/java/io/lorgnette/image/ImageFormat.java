package io.lorgnette.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/** Kinds of image file, told apart by their first bytes; a file's name says nothing here. */
public enum ImageFormat {
  PNG("PNG", true),
  JPEG("JPEG", true),
  GIF("GIF", true),
  BMP("BMP", true),
  WEBP("WebP", true),
  HEIC("HEIC", false),
  AVIF("AVIF", false),
  TIFF("TIFF", false);

  private final String label;
  private final boolean readable;

  ImageFormat(String label, boolean readable) {
    this.label = label;
    this.readable = readable;
  }

  /** The format's usual name. */
  public String label() {
    return label;
  }

  /** Whether {@link ImageReader} decodes it; the others are only recognised, to say so clearly. */
  public boolean readable() {
    return readable;
  }

  /** The format these bytes begin like, or empty where they are no known image. */
  public static Optional<ImageFormat> detect(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(bytes.length, 64), ISO_8859_1);
    if (head.startsWith("\u0089PNG\r\n\u001A\n")) {
      return Optional.of(PNG);
    } else if (head.startsWith("\u00FF\u00D8\u00FF")) {
      return Optional.of(JPEG);
    } else if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
      return Optional.of(GIF);
    } else if (head.startsWith("BM") && head.startsWith("\0\0\0", 15)) {
      // Two letters alone would take "BMW" for a picture: the header's length is below 256 too.
      return Optional.of(BMP);
    } else if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return Optional.of(WEBP);
    } else if (head.startsWith("ftyp", 4)) {
      return isoMedia(bytes, head);
    } else if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      return Optional.of(TIFF);
    }
    return Optional.empty();
  }

  /** HEIC and AVIF are ISO media files; the brand, or one of the compatible brands, tells which. */
  private static Optional<ImageFormat> isoMedia(byte[] bytes, String head) {
    int end = 4 * (head.length() / 4);
    if (bytes.length >= 4) {
      int boxLength =
          (bytes[0] & 0xFF) << 24
              | (bytes[1] & 0xFF) << 16
              | (bytes[2] & 0xFF) << 8
              | (bytes[3] & 0xFF);
      end = boxLength >= 12 ? Math.min(end, boxLength) : end;
    }
    boolean heif = false;
    for (int at = 8; at + 4 <= end; at += 4) {
      String brand = head.substring(at, at + 4);
      if (brand.equals("avif") || brand.equals("avis")) {
        return Optional.of(AVIF);
      }
      heif |= brand.startsWith("hei") || brand.startsWith("hev") || brand.equals("mif1");
    }
    return heif ? Optional.of(HEIC) : Optional.empty();
  }
}
