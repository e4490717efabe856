package io.lorgnette.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The kind of every character, as a character that stands for all of its kind.
 *
 * <p>ASCII and the characters that have rules of their own stand for themselves. Of the others,
 * {@code é} stands for letters, {@code ٣} for digits, U+0300 for marks that belong to a word,
 * {@code ²} for raised and lowered digits, {@code §} for symbols that are tokens, and 0 for
 * everything unknown, which separates words and is dropped. Regular expressions over kinds stay
 * short, and positions stay those of the caption.
 *
 * <p>The table was observed: one probe per character of the Basic Multilingual Plane, alone,
 * doubled, between letters and between digits. It corresponds to Unicode 6.1; characters beyond the
 * plane, emoji among them, are unknown.
 */
final class PtbCharacters {

  /** Every kind that occurs. */
  static final String KINDS;

  private static final String TABLE = "ptb-characters.txt";
  private static final char[] KIND = load();

  static {
    boolean[] seen = new boolean[0x10000];
    StringBuilder kinds = new StringBuilder();
    for (char kind : KIND) {
      if (!seen[kind]) {
        seen[kind] = true;
        kinds.append(kind);
      }
    }
    KINDS = kinds.toString();
  }

  private PtbCharacters() {}

  static char kind(char c) {
    return KIND[c];
  }

  /** The kinds of a caption's characters, position by position. */
  static String kinds(String caption) {
    char[] kinds = caption.toCharArray();
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = KIND[kinds[i]];
    }
    return new String(kinds);
  }

  private static char[] load() {
    char[] kinds = new char[0x10000];
    for (char c = ' '; c < 0x7F; c++) {
      kinds[c] = c;
    }
    readTable(kinds);
    themselves(kinds, "\t\u00A0\u00AD¢£¼½¾⅓⅔…⁄٫٬‹›");
    set(
        kinds,
        '\u2003',
        "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u3000");
    set(kinds, '‐', "\u058A\u2010\u2011");
    set(kinds, '–', "\u0096\u0097\u2013\u2014\u2015");
    set(kinds, '‘', "\u0091\u2018\u201B");
    set(kinds, '’', "\u0092\u2019");
    set(kinds, '“', "\u0093\u00AB\u201C");
    set(kinds, '”', "\u0094\u00BB\u201D");
    set(kinds, '„', "\u201A\u201E\u201F");
    set(kinds, '€', "\u0080\u00A4\u20A0\u20AC");
    return kinds;
  }

  private static void readTable(char[] kinds) {
    try (InputStream in = PtbCharacters.class.getResourceAsStream(TABLE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines().filter(line -> !line.startsWith("#")).forEach(line -> readLine(kinds, line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line holds a class and hexadecimal ranges: {@code letter 00C0-00D6 00D8-00F6}. */
  private static void readLine(char[] kinds, String line) {
    String[] words = line.split(" ", -1);
    char kind =
        switch (words[0]) {
          case "letter" -> 'é';
          case "digit" -> '٣';
          case "mark" -> '\u0300';
          case "raised" -> '²';
          case "symbol" -> '§';
          default -> throw new IllegalStateException(TABLE + ": unknown class in: " + line);
        };
    for (int i = 1; i < words.length; i++) {
      String[] range = words[i].split("-", -1);
      int first = Integer.parseInt(range[0], 16);
      int last = Integer.parseInt(range[range.length - 1], 16);
      Arrays.fill(kinds, first, last + 1, kind);
    }
  }

  private static void themselves(char[] kinds, String characters) {
    characters.chars().forEach(c -> kinds[c] = (char) c);
  }

  private static void set(char[] kinds, char kind, String characters) {
    characters.chars().forEach(c -> kinds[c] = kind);
  }
}
