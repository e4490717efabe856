package io.lorgnette.cli;

/** What the launcher has found out about the streams. Java itself does not know it of each. */
final class Terminal {

  private static final int USUAL_WIDTH = 80;

  private Terminal() {}

  /** Whether standard error is a terminal that somebody may look at. */
  static boolean interactive() {
    return terminals().contains("2");
  }

  /** Whether colours are wanted where nobody has said so: see no-color.org. */
  static boolean colours() {
    String no = System.getenv("NO_COLOR");
    return terminals().equals("12")
        && (no == null || no.isEmpty())
        && !"dumb".equals(System.getenv("TERM"));
  }

  /** Numbers of the streams that are terminals, as the launcher says; none without it. */
  private static String terminals() {
    return System.getProperty("lorgnette.terminals", "");
  }

  /** Characters of a line. */
  static int width() {
    int columns = Integer.getInteger("lorgnette.columns", USUAL_WIDTH);
    return columns < 1 ? USUAL_WIDTH : Math.max(40, columns);
  }
}
