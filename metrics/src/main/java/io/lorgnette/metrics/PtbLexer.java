package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts one line into Penn Treebank tokens: at each position the rule with the longest match wins,
 * the first of equally long ones.
 *
 * <p>Thread-safe; holds no state.
 */
final class PtbLexer {

  /** A token is looked for in this many characters; longer ones are cut. */
  private static final int WINDOW = 1_000;

  private static final String BLANKS = " \t\u00A0\u2003‐\0";
  private static final PtbRule[][] RULES = new PtbRule[0x10000][];

  private static final Pattern ABBREVIATION =
      Pattern.compile(
          String.join(
              "|",
              PtbAbbreviations.DOUBLING,
              PtbAbbreviations.KEEPING,
              PtbAbbreviations.BEFORE_NUMBERS));

  static {
    for (char kind : PtbCharacters.KINDS.toCharArray()) {
      RULES[kind] = BLANKS.indexOf(kind) >= 0 ? new PtbRule[0] : PtbRules.startingWith(kind);
    }
  }

  private PtbLexer() {}

  /** The lower-cased tokens of {@code line}, which holds no line break. */
  static List<String> tokens(String line) {
    List<String> tokens = new ArrayList<>();
    String kinds = PtbCharacters.kinds(line);
    Matcher matcher = PtbRules.ALL.get(0).pattern().matcher(kinds);
    int at = 0;
    while (at < kinds.length()) {
      if (BLANKS.indexOf(kinds.charAt(at)) >= 0) {
        at++;
        continue;
      }
      if (isPlainMark(kinds, at)) {
        tokens.add(line.substring(at, at + 1));
        at++;
        continue;
      }
      int end = plainWord(line, kinds, at);
      if (end > at) {
        tokens.add(line.substring(at, end).toLowerCase(Locale.ROOT));
        at = end;
      } else {
        at = longest(line, kinds, at, matcher, tokens);
      }
    }
    return tokens;
  }

  /** A full stop that ends the line, or a comma before a blank: no rule makes more of them. */
  private static boolean isPlainMark(String kinds, int at) {
    char mark = kinds.charAt(at);
    boolean last = at + 1 == kinds.length();
    return mark == '.' ? last : mark == ',' && !last && kinds.charAt(at + 1) == ' ';
  }

  /**
   * The quick way for nine tokens in ten: the end of an ASCII word before a blank, or before a
   * comma or full stop that ends the word for sure; {@code at} when the rules must decide.
   */
  private static int plainWord(String line, String kinds, int at) {
    int length = kinds.length();
    int end = at;
    while (end < length && isAsciiLetter(kinds.charAt(end))) {
      end++;
    }
    if (end == at) {
      return at;
    }
    char next = end < length ? kinds.charAt(end) : ' ';
    if (next != ' ') {
      boolean closes = next == ',' || next == '.';
      if (!closes || (end + 1 < length && kinds.charAt(end + 1) != ' ')) {
        return at;
      }
    }
    String word = line.substring(at, end);
    boolean special =
        PtbAbbreviations.SPLIT_WORDS.contains(word.toLowerCase(Locale.ROOT))
            || (next == '.'
                && word.length() <= PtbAbbreviations.LONGEST_WORD
                && ABBREVIATION.matcher(word).matches());
    return special ? at : end;
  }

  private static int longest(
      String line, String kinds, int at, Matcher matcher, List<String> tokens) {
    PtbRule best = null;
    int bestEnd = at;
    int tokenEnd = at;
    int limit = Math.min(kinds.length(), at + WINDOW);
    for (PtbRule rule : RULES[kinds.charAt(at)]) {
      if (rule.needs() != '\0' && kinds.indexOf(rule.needs(), at) < 0) {
        continue;
      }
      matcher.usePattern(rule.pattern()).region(at, limit);
      if (matcher.lookingAt() && matcher.end() > bestEnd) {
        best = rule;
        bestEnd = matcher.end();
        tokenEnd = PtbRule.tokenEnd(matcher);
      }
    }
    if (best == null) {
      throw new IllegalStateException("no rule for the character at " + at + " of: " + line);
    }
    String token = best.write(line.substring(at, tokenEnd));
    if (!token.isEmpty()) {
      tokens.add(token.toLowerCase(Locale.ROOT));
    }
    return best.writing() == PtbRule.Writing.STOP_AGAIN ? tokenEnd - 1 : tokenEnd;
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
