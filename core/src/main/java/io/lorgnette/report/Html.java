package io.lorgnette.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML whose elements are closed and whose text is escaped.
 *
 * <p>Element and attribute names are the program's own; text and attribute values may be anything.
 */
final class Html {

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element; attributes are names and values in turn. */
  Html open(String element, String... attributes) {
    start(element, attributes);
    open.push(element);
    return this;
  }

  /** Closes the innermost open element. */
  Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element that holds text only. */
  Html leaf(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** An element that has no end tag, such as {@code img}. */
  Html empty(String element, String... attributes) {
    start(element, attributes);
    return this;
  }

  /** Text from anywhere. */
  Html text(String text) {
    out.append(escape(text));
    return this;
  }

  /** A line break in the source of the page, which no reader sees. */
  Html line() {
    out.append('\n');
    return this;
  }

  /** Text of the program's own that is not escaped: the style sheet. */
  Html trusted(String text) {
    out.append(text);
    return this;
  }

  /**
   * The page.
   *
   * @throws IllegalStateException if an element is still open
   */
  String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("the element " + open.peek() + " is still open");
    }
    return out.toString();
  }

  private void start(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"").append(escape(attributes[i + 1]));
      out.append('"');
    }
    out.append('>');
  }

  /** The text with HTML's own characters replaced, and those that HTML forbids. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(allowed(text, i) ? c : '\uFFFD');
      }
    }
    return escaped.toString();
  }

  private static boolean allowed(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
    return c == '\n' || c == '\t' || (c >= ' ' && (c < 0x7f || c > 0x9f) && c < 0xfffe);
  }
}
