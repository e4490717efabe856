package io.lorgnette.cli;

import io.lorgnette.error.InputException;

/**
 * When a piece of work is to end.
 *
 * @param end on the clock of {@link System#nanoTime}; meaningless where there is none
 */
record Deadline(boolean any, long end) {

  static final Deadline NEVER = new Deadline(false, 0);

  private static final double NANOS = 60e9;

  /**
   * So many minutes from now, or never.
   *
   * @param minutes null for never
   * @throws InputException if they are not positive
   */
  static Deadline in(Double minutes) {
    if (minutes == null) {
      return NEVER;
    }
    if (!(minutes > 0)) {
      throw new InputException("--minutes must be above 0 but is " + minutes);
    }
    return new Deadline(true, System.nanoTime() + (long) (minutes * NANOS));
  }

  boolean passed() {
    return any && System.nanoTime() - end >= 0;
  }

  /** Minutes that are left; of no deadline, infinitely many. */
  double minutes() {
    return any ? Math.max(0, (end - System.nanoTime()) / NANOS) : Double.POSITIVE_INFINITY;
  }
}
