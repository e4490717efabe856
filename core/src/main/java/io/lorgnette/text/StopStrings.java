package io.lorgnette.text;

import java.util.List;

/**
 * Ends a growing text at the first of several stop strings.
 *
 * <p>Put between a {@link StreamDecoder} and whoever reads the text: {@link #add} passes on what
 * can no longer belong to a stop string and holds back the rest, so a stop string that arrives in
 * pieces is never shown. Where two stop strings begin at the same place, the text ends there all
 * the same. Belongs to one sequence and one thread.
 */
public final class StopStrings {

  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  /**
   * @param stops strings that end the text and do not belong to it; none is allowed to be empty
   */
  public StopStrings(List<String> stops) {
    if (stops.contains("")) {
      throw new IllegalArgumentException("an empty stop string would end every text at once");
    }
    this.stops = List.copyOf(stops);
  }

  /** Takes the next piece of text and returns what is safe to show; nothing after the stop. */
  public String add(String piece) {
    if (stopped) {
      return "";
    }
    held.append(piece);
    int first = held.length();
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && at < first) {
        first = at;
        stopped = true;
      }
    }
    return take(stopped ? first : held.length() - openEnd());
  }

  /** Whether a stop string has come. */
  public boolean stopped() {
    return stopped;
  }

  /** The text held back when the sequence ends without a stop string. */
  public String finish() {
    return stopped ? "" : take(held.length());
  }

  private String take(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /** Length of the longest end of the held text that begins a stop string. */
  private int openEnd() {
    int open = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > open; n--) {
        if (held.indexOf(stop.substring(0, n), held.length() - n) >= 0) {
          open = n;
        }
      }
    }
    return open;
  }
}
