package io.lorgnette.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML whose elements are closed and whose text is escaped.
 *
 * <p>Element and attribute names are the program's own; text and attribute values may be anything.
 */
public final class Html {

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Begins a page that loads nothing: its head in the reports' style, and three open elements,
   * {@code html}, {@code body} and {@code main}.
   *
   * @param style more style than all pages have; the program's own
   */
  public Html begin(String title, String style) {
    trusted("<!DOCTYPE html>\n").open("html", "lang", "en");
    open("head").empty("meta", "charset", "utf-8");
    empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    empty("meta", "name", "color-scheme", "content", "light dark");
    leaf("title", title).open("style").trusted(style()).trusted(style).close().close().line();
    return open("body").open("main").line();
  }

  private static String style() {
    try (InputStream in = Html.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens an element; attributes are names and values in turn. */
  public Html open(String element, String... attributes) {
    start(element, attributes);
    open.push(element);
    return this;
  }

  /** Closes the innermost open element. */
  public Html close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element that holds text only. */
  public Html leaf(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** An element that has no end tag, such as {@code img}. */
  public Html empty(String element, String... attributes) {
    start(element, attributes);
    return this;
  }

  /** Text from anywhere. */
  public Html text(String text) {
    out.append(escape(text));
    return this;
  }

  /** A line break in the source of the page, which no reader sees. */
  public Html line() {
    out.append('\n');
    return this;
  }

  /** Text of the program's own that is not escaped: the style sheet. */
  public Html trusted(String text) {
    out.append(text);
    return this;
  }

  /**
   * The page.
   *
   * @throws IllegalStateException if an element is still open
   */
  public String finish() {
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
