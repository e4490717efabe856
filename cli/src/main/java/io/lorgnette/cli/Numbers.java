package io.lorgnette.cli;

import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
final class Numbers {

  private Numbers() {}

  /** With commas between thousands. */
  static String whole(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Such as {@code 9.9 MB}, in powers of ten. */
  static String bytes(long bytes) {
    String[] units = {"bytes", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** A share in per cent with two significant digits. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2g %%", 100 * share);
  }

  /** A number with four decimals. */
  static String fixed(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
