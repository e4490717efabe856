package io.lorgnette.verbal;

import java.util.List;

/**
 * An image in words.
 *
 * @param caption without a full stop at its end where {@link #of} made it; may be empty
 * @param tags names of what is seen, most probable first; may be empty
 */
public record Told(String caption, List<String> tags) {

  public Told {
    tags = List.copyOf(tags);
  }

  /** A generated caption, which loses its full stop. */
  public static Told of(String caption, List<String> tags) {
    String text = caption.strip();
    while (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1).stripTrailing();
    }
    return new Told(text, tags);
  }

  /** PICa's form: {@code caption. tag1, tag2}; the caption alone where there are no tags. */
  public String text() {
    return tags.isEmpty() ? caption : caption + ". " + String.join(", ", tags);
  }
}
