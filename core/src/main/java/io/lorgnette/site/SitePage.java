package io.lorgnette.site;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/**
 * A page of HTML with the place of each image in its bytes.
 *
 * <p>It is parsed as Latin-1, in which every byte is one character: so a parser's position is the
 * place of a byte, whatever the page's encoding, and what is between can stay as it is. HTML's own
 * characters are the same bytes in all encodings that are taken; texts are decoded when they are
 * read.
 *
 * @param text the bytes, each a character
 * @param base what {@code <base href>} says; empty without one
 */
record SitePage(Path file, String text, Charset charset, Document document, String base) {

  private static final int MAX_BYTES = 64 << 20;

  /** Where browsers look for the encoding. */
  private static final int HEAD = 1024;

  private static final Pattern DECLARED =
      Pattern.compile("<meta[^>]+charset\\s*=\\s*[\"']?\\s*([\\w:.-]+)", Pattern.CASE_INSENSITIVE);

  /**
   * Reads a page.
   *
   * @throws InputException if it can not be read, or not in its encoding
   */
  static SitePage read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InputException(file + " is above 64 MiB, too long for a page");
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      Parser parser = Parser.htmlParser().setTrackPosition(true);
      Charset charset = charset(file, text);
      Document document = Jsoup.parse(text, "", parser);
      Element base = document.selectFirst("base[href]");
      return new SitePage(
          file, text, charset, document, base == null ? "" : decoded(base.attr("href"), charset));
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
  }

  private static Charset charset(Path file, String text) {
    if (text.startsWith("\u00EF\u00BB\u00BF")) {
      return StandardCharsets.UTF_8;
    }
    if (text.startsWith("\u00FE\u00FF") || text.startsWith("\u00FF\u00FE")) {
      throw new InputException(file + " is in UTF-16; save it as UTF-8");
    }
    Matcher declared = DECLARED.matcher(text.substring(0, Math.min(HEAD, text.length())));
    if (!declared.find()) {
      return StandardCharsets.UTF_8;
    }
    String name = declared.group(1).toLowerCase(Locale.ROOT);
    if (name.startsWith("utf-16") || name.startsWith("iso-2022") || name.equals("utf-7")) {
      throw new InputException(file + " is said to be in " + name + "; save it as UTF-8");
    }
    try {
      // Browsers take Latin-1 for its larger brother.
      boolean latin = List.of("iso-8859-1", "latin1", "us-ascii", "ascii").contains(name);
      return Charset.forName(latin ? "windows-1252" : name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new InputException(
          file + " is in " + name + ", an unknown encoding; save it as UTF-8", e);
    }
  }

  /** All images in their order. */
  List<Element> images() {
    return document.select("img");
  }

  /** A text of the parser as it is meant. */
  String decoded(String parsed) {
    return decoded(parsed, charset);
  }

  private static String decoded(String parsed, Charset charset) {
    // A character reference may have brought characters that no byte stands for.
    return parsed.chars().allMatch(c -> c < 256)
        ? new String(parsed.getBytes(StandardCharsets.ISO_8859_1), charset)
        : parsed;
  }

  /** An attribute's value as it is meant, without blanks around it. */
  String attribute(Element element, String name) {
    return decoded(element.attr(name)).strip();
  }
}
