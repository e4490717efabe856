package io.lorgnette.generate;

import io.lorgnette.text.StopStrings;
import io.lorgnette.text.StreamDecoder;
import io.lorgnette.text.Tokenizer;
import java.util.List;
import java.util.Optional;

/** Texts of sequences, and the strings that end them. Immutable. */
final class Texts {

  private final Tokenizer tokenizer; // or null
  private final List<String> stops;

  /**
   * @throws IllegalArgumentException if there are stop strings but no tokenizer to find them
   */
  Texts(Tokenizer tokenizer, List<String> stops) {
    if (tokenizer == null && !stops.isEmpty()) {
      throw new IllegalArgumentException(
          "stop strings need a generator that was made with a tokenizer");
    }
    this.tokenizer = tokenizer;
    this.stops = stops;
  }

  /** The text of a sequence up to its first stop string; empty without a tokenizer. */
  Optional<String> text(int[] ids) {
    if (tokenizer == null) {
      return Optional.empty();
    }
    String text = tokenizer.decode(ids, true);
    int end = text.length();
    for (String stop : stops) {
      int at = text.indexOf(stop);
      end = at >= 0 ? Math.min(at, end) : end;
    }
    return Optional.of(text.substring(0, end));
  }

  boolean hasStops() {
    return !stops.isEmpty();
  }

  /** Whether a sequence holds a stop string. */
  boolean stopped(int[] ids) {
    String text = tokenizer.decode(ids, true);
    return stops.stream().anyMatch(text::contains);
  }

  /** A search for stop strings in one sequence as it grows; null where there are none. */
  Watch watch() {
    return hasStops() ? new Watch(tokenizer.stream(true), new StopStrings(stops)) : null;
  }

  /** See {@link #watch}. */
  record Watch(StreamDecoder decoder, StopStrings stops) {
    /** Takes the next token and tells whether a stop string is complete. */
    boolean stopsAt(int id) {
      stops.add(decoder.add(id));
      return stops.stopped();
    }
  }
}
