package io.lorgnette.metrics;

import java.util.List;
import java.util.Set;

/**
 * Penn Treebank tokens of a caption, as the COCO caption evaluation makes them before it scores.
 *
 * <p>The evaluation runs the {@code PTBTokenizer} of Stanford CoreNLP 3.4.1 with {@code
 * -preserveLines -lowerCase} over a file of all captions and then drops 17 punctuation tokens. This
 * class gives the same tokens without that program: it was written from the tool's observed output
 * and is compared with it by {@code tools/ptb}. Oddities are kept: {@code isn't} becomes {@code is
 * n't}, brackets become {@code -lrb-} and stay, a telephone number or {@code 5 7/8} is one token
 * with a no-break space inside.
 *
 * <p>Two things differ from running the tool over a file of captions, both so that a caption's
 * tokens depend on nothing but the caption. The tool decides about the full stop of a last word
 * such as {@code K.} by looking at the next caption; here a caption is read as a line of its own.
 * And a carriage return, vertical tab, form feed, U+0085, U+2028 or U+2029 inside a caption, which
 * in the tool shifts all captions after it by a line, is read as a blank (see {@link
 * #hasLineBreak}).
 *
 * <p>Thread-safe.
 */
public final class PtbTokenizer {

  /** What is reported as the tokeniser's variant. */
  public static final String VARIANT = "PTB (CoreNLP 3.4.1, each caption alone)";

  /** The upper-case bracket forms never occur after lower-casing: bracket tokens stay. */
  private static final Set<String> DROPPED =
      Set.of(
          "''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-",
          "--", "...", ";");

  private PtbTokenizer() {}

  /** The tokens that are scored: {@link #rawTokens} without the dropped punctuation. */
  public static List<String> tokens(String caption) {
    return rawTokens(caption).stream().filter(token -> !DROPPED.contains(token)).toList();
  }

  /** {@link #tokens} joined by single spaces; empty for a caption without a word. */
  public static String tokenize(String caption) {
    return String.join(" ", tokens(caption));
  }

  /** All lower-cased tokens, punctuation included, as the tool itself prints them. */
  public static List<String> rawTokens(String caption) {
    return PtbLexer.tokens(withoutLineBreaks(caption));
  }

  /**
   * Whether {@code caption} holds a character that the reference tool takes for the end of a line
   * (other than {@code \n}, which the evaluation replaces itself). Worth reporting: the same file
   * scored by the reference pipeline has shifted captions.
   */
  public static boolean hasLineBreak(String caption) {
    return caption.chars().anyMatch(c -> c != '\n' && isLineBreak((char) c));
  }

  private static String withoutLineBreaks(String caption) {
    for (int i = 0; i < caption.length(); i++) {
      if (isLineBreak(caption.charAt(i))) {
        StringBuilder clean = new StringBuilder(caption);
        for (int j = i; j < clean.length(); j++) {
          if (isLineBreak(clean.charAt(j))) {
            clean.setCharAt(j, ' ');
          }
        }
        return clean.toString();
      }
    }
    return caption;
  }

  private static boolean isLineBreak(char c) {
    return (c >= '\n' && c <= '\r') || c == '\u0085' || c == '\u2028' || c == '\u2029';
  }
}
