package io.lorgnette.report;

import java.util.Locale;

/** Numbers as people read them, the same in every country. */
public final class Numbers {

  private Numbers() {}

  /** The format with its places filled. */
  public static String fill(String format, Object... parts) {
    return String.format(Locale.ROOT, format, parts);
  }

  /** A fraction in percent with one decimal. */
  public static String percent(double fraction) {
    return fixed(100 * fraction, 1);
  }

  /** A difference of fractions in percent, with its sign. */
  public static String signedPercent(double fraction) {
    String text = percent(fraction);
    return text.startsWith("\u2212") || text.equals("0.0") ? text : "+" + text;
  }

  /** {@code [38.0, 44.6]}, or nothing where there is no interval. */
  public static String interval(double low, double high) {
    return hasInterval(low, high) ? "[" + percent(low) + ", " + percent(high) + "]" : "";
  }

  static boolean hasInterval(double low, double high) {
    return Double.isFinite(low) && Double.isFinite(high);
  }

  /** With this many decimals and a proper minus sign; {@code -0.0} is 0. */
  public static String fixed(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    if (!text.startsWith("-")) {
      return text;
    }
    boolean zero = text.chars().noneMatch(c -> c >= '1' && c <= '9');
    return (zero ? "" : "\u2212") + text.substring(1);
  }

  /** With a comma between thousands. */
  public static String whole(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code 7.1 million}, or the number itself below a million. */
  public static String rounded(long value) {
    if (value < 1_000_000) {
      return whole(value);
    }
    return value < 1_000_000_000
        ? fixed(value / 1e6, 1) + " million"
        : fixed(value / 1e9, 2) + " billion";
  }

  /** A share of a whole in percent. */
  public static String share(long part, long whole) {
    double share = whole == 0 ? 0 : (double) part / whole;
    return (part > 0 && share < 0.0005 ? "< 0.1" : percent(share)) + " %";
  }

  /** A p-value; the bootstrap knows no smaller one than its resamples allow. */
  public static String p(double p) {
    return p < 0.001 ? "< 0.001" : fixed(p, 3);
  }

  /** {@code 1 h 02 min}, {@code 3 min 20 s} or {@code 4.2 s}. */
  public static String duration(double seconds) {
    if (seconds < 60) {
      return fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }

  /** {@code 1 image}, {@code 2 images}. */
  public static String count(long number, String noun) {
    return whole(number) + " " + noun + (number == 1 ? "" : "s");
  }
}
