package io.lorgnette.cli;

import java.util.Locale;

/** Times as people write them. */
final class Duration {

  private Duration() {}

  /** Such as {@code 2 h 05 min}, {@code 3 min 20 s} or {@code 4 s}. */
  static String text(double seconds) {
    long whole = Math.round(seconds);
    if (whole >= 3600) {
      return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
    return whole >= 60
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : whole + " s";
  }
}
