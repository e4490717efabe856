package io.lorgnette.metrics;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One kind of token: what it looks like and how it is written.
 *
 * <p>The pattern is matched against a caption's character kinds (see {@link PtbCharacters}), always
 * from the current position on. What it covers counts for the longest match; when it has groups,
 * the last one that took part is the token and the rest is only looked at.
 *
 * @param pattern over character kinds
 * @param writing how the covered text becomes the token
 * @param fixed the token itself when {@code writing} is {@link Writing#FIXED}
 * @param needs a character without which the pattern can not match, or 0; captions that lack it
 *     skip the rule
 */
record PtbRule(Pattern pattern, Writing writing, String fixed, char needs) {

  /** How covered text becomes a token. Every token is lower-cased afterwards. */
  enum Writing {
    /** As it stands. */
    PLAIN,
    /** Soft hyphens go (a token of nothing else is a hyphen); an escaped ampersand is unescaped. */
    WORD,
    /** Blanks become no-break spaces. */
    MARKUP,
    /** Blanks become no-break spaces and round brackets are spelt out. */
    SPACED,
    /** Quotation marks in their typewriter forms. */
    QUOTES,
    /** A fixed token. */
    FIXED,
    /** Nothing at all. */
    SKIPPED,
    /** As {@link #PLAIN}, but the last character, a full stop, is read once more. */
    STOP_AGAIN
  }

  /** Whether a token of this kind can start with a character of kind {@code kind}. */
  boolean canStartWith(char kind) {
    Matcher matcher = pattern.matcher(String.valueOf(kind));
    return matcher.lookingAt() || matcher.hitEnd();
  }

  /** The end of the token within what {@code matcher} has just covered. */
  static int tokenEnd(Matcher matcher) {
    for (int group = matcher.groupCount(); group > 0; group--) {
      if (matcher.end(group) >= 0) {
        return matcher.end(group);
      }
    }
    return matcher.end();
  }

  /** The token for the covered {@code text}, before lower-casing. */
  String write(String text) {
    return switch (writing) {
      case PLAIN, STOP_AGAIN -> text;
      case WORD -> writeWord(text);
      case MARKUP -> text.replace(' ', '\u00A0');
      case SPACED -> text.replace(' ', '\u00A0').replace("(", "-LRB-").replace(")", "-RRB-");
      case QUOTES -> writeQuotes(text);
      case FIXED -> fixed;
      case SKIPPED -> "";
    };
  }

  private static String writeWord(String text) {
    if (text.indexOf('\u00AD') < 0 && text.indexOf('&') < 0) {
      return text;
    }
    String word = text.replace("\u00AD", "").replaceAll("&(?i:amp);", "&");
    return word.isEmpty() ? "-" : word;
  }

  private static String writeQuotes(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (PtbCharacters.kind(c)) {
        case '‘', '‹', '`' -> out.append('`');
        case '’', '›' -> out.append('\'');
        case '“' -> out.append("``");
        case '”' -> out.append("''");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
