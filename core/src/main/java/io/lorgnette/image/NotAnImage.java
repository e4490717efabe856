package io.lorgnette.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/** What a file probably is that was given as an image and is none. */
final class NotAnImage {

  private static final int LOOKED_AT = 512;

  private NotAnImage() {}

  /** The rest of a sentence that begins with the file's name. */
  static String describe(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(bytes.length, LOOKED_AT), ISO_8859_1);
    String lower = head.stripLeading().toLowerCase(Locale.ROOT);
    String kind;
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      kind = "a web page";
    } else if (lower.startsWith("version https://git-lfs")) {
      kind = "a Git LFS pointer";
    } else if (lower.contains("<svg")) {
      kind = "an SVG drawing";
    } else if (lower.startsWith("%pdf-")) {
      kind = "a PDF document";
    } else if (isText(head)) {
      kind = "a text file";
    } else {
      return " is not an image of a known kind; give a PNG, JPEG, GIF, BMP or WebP file";
    }
    return " is " + kind + ", not an image; give a PNG, JPEG, GIF, BMP or WebP file";
  }

  private static boolean isText(String head) {
    return head.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t');
  }
}
