package io.lorgnette.text.jinja;

/** What a template may use up; one object for each rendering. */
final class Limits {

  /** Characters of the output and of any text made on the way. */
  static final int MOST_CHARACTERS = 4_000_000;

  /** Items of any list made on the way. */
  static final int MOST_ITEMS = 200_000;

  /** Functions inside functions, brackets inside brackets. */
  static final int DEEPEST = 100;

  /** Letters compared in one search, at worst. */
  private static final long MOST_COMPARED = 1_000_000_000;

  private static final long MOST_STEPS = 5_000_000;
  private static final long MOST_NANOS = 10_000_000_000L;

  private final long end = System.nanoTime() + MOST_NANOS;
  private long steps;

  /** Counts a step of the template. */
  void step() {
    steps++;
    if (steps > MOST_STEPS || ((steps & 0xF) == 0 && System.nanoTime() - end > 0)) {
      throw JinjaException.of("it takes too long; rendering was stopped");
    }
  }

  static void checkText(long characters) {
    if (characters > MOST_CHARACTERS) {
      throw JinjaException.of("it makes a text of more than " + MOST_CHARACTERS + " characters");
    }
  }

  /** Looking for one long text in another may take the product of their lengths. */
  static void checkSearch(String text, String part) {
    if ((long) text.length() * part.length() > MOST_COMPARED) {
      throw JinjaException.of("it looks for a long text in a long text");
    }
  }

  static void checkItems(long items) {
    if (items > MOST_ITEMS) {
      throw JinjaException.of("it makes a list of more than " + MOST_ITEMS + " items");
    }
  }
}
