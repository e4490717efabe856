package io.lorgnette.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Words as METEOR 1.5 makes them of an English sentence ({@code -norm}): punctuation is kept and
 * split off, letters become lower case.
 *
 * <p>Each step is one pass over the text, and a pass does not look again at characters it has just
 * used: {@code a-b-c} becomes {@code a b-c}, {@code rock'n'roll} becomes {@code rock 'n'roll}. So
 * the order of the steps is part of the result. Written from observed input and output.
 *
 * <p>Thread-safe.
 */
final class MeteorNormalizer {

  /** Latin and Cyrillic letters with the phonetic extensions, and digits; no other script. */
  private static final String LETTER =
      "A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u017E"
          + "\u0400-\u0527\u1D00-\u1D7F\uA640-\uA66E\uA67E-\uA697";

  private static final String DIGIT = "0-9";
  private static final String PLAIN_BLANK = " \t\n\f\r";
  private static final String OTHER_BLANK = "\u00A0\u2000-\u200A\u202F\u205F\u3000";

  private record Step(Pattern pattern, String replacement) {
    static Step of(String regex, String replacement) {
      return new Step(Pattern.compile(regex), replacement);
    }

    String apply(String text) {
      return pattern.matcher(text).replaceAll(replacement);
    }
  }

  /** Stands for a dot of a run of dots, which is a token. A character no text should hold. */
  private static final String RUN_DOT = "\uFFFF";

  private static final List<Step> STEPS =
      List.of(
          Step.of("([^" + LETTER + DIGIT + PLAIN_BLANK + "\u000B.'`,\\-\u2018\u2019])", " $1 "),
          Step.of("([^" + DIGIT + "]),([^" + DIGIT + "])", "$1 , $2"),
          Step.of("([" + DIGIT + "]),([^" + DIGIT + "])", "$1 , $2"),
          Step.of("([^" + DIGIT + "]),([" + DIGIT + "])", "$1 , $2"),
          Step.of("[`\u2018\u2019]", "'"),
          Step.of("''|[\u201C\u201D]", " \" "),
          Step.of("\u2013|--", "-"),
          Step.of("([" + LETTER + DIGIT + ".])-([" + LETTER + DIGIT + "])", "$1 $2"),
          Step.of("([^" + LETTER + "])'([^" + LETTER + "])", "$1 ' $2"),
          Step.of("([^" + LETTER + DIGIT + "])'([" + LETTER + "])", "$1 ' $2"),
          Step.of("([" + LETTER + "])'([^" + LETTER + "])", "$1 ' $2"),
          Step.of("([" + LETTER + "])'([" + LETTER + "])", "$1 '$2"),
          Step.of("([" + DIGIT + "])'(s)", "$1 '$2"));

  private static final Pattern DOTS = Pattern.compile("\\.{2,}");
  private static final Pattern PLAIN_BLANKS = Pattern.compile("[" + PLAIN_BLANK + "]+");
  private static final Pattern BLANKS = Pattern.compile("[" + PLAIN_BLANK + OTHER_BLANK + "]+");
  private static final Pattern HAS_LETTER = Pattern.compile("[" + LETTER + "]");

  private final Set<String> prefixes;
  private final Set<String> prefixesOfNumbers;

  /**
   * With the words that keep a full stop.
   *
   * @param prefixes before anything
   * @param prefixesOfNumbers before a number
   */
  MeteorNormalizer(Set<String> prefixes, Set<String> prefixesOfNumbers) {
    this.prefixes = prefixes;
    this.prefixesOfNumbers = prefixesOfNumbers;
  }

  /** The lower-cased words of a sentence. */
  List<String> words(String sentence) {
    return isPlain(sentence)
        ? List.of(sentence.toLowerCase(Locale.ROOT).split(" ", -1))
        : normalized(sentence);
  }

  /** Whether no step changes it: words of letters and digits, single blanks between them. */
  private static boolean isPlain(String sentence) {
    boolean blank = true; // before the first word, or behind a blank
    for (int i = 0; i < sentence.length(); i++) {
      char c = sentence.charAt(i);
      boolean wordly = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!wordly && (c != ' ' || blank)) {
        return false;
      }
      blank = !wordly;
    }
    return !blank;
  }

  /** As {@link #words}, step by step. */
  List<String> normalized(String sentence) {
    String text = " " + sentence + " ";
    text = STEPS.get(0).apply(text);
    text = DOTS.matcher(text).replaceAll(run -> " " + RUN_DOT.repeat(run.group().length()) + " ");
    for (Step step : STEPS.subList(1, STEPS.size())) {
      text = step.apply(text);
    }
    // No-break and other blanks are still words of their own here.
    String[] words = PLAIN_BLANKS.matcher(text).replaceAll(" ").trim().split(" ", -1);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      out.append(finalDot(words[i], i + 1 < words.length ? words[i + 1] : "")).append(' ');
    }
    String lower = out.toString().replace(RUN_DOT, ".").toLowerCase(Locale.ROOT);
    String stripped = BLANKS.matcher(lower).replaceAll(" ").trim();
    return stripped.isEmpty() ? List.of() : List.of(stripped.split(" ", -1));
  }

  /** Splits off the full stop of {@code word} unless it belongs to it. */
  private String finalDot(String word, String next) {
    if (!word.endsWith(".") || word.length() == 1) {
      return word;
    }
    String start = word.substring(0, word.length() - 1);
    if (start.indexOf('.') >= 0 && HAS_LETTER.matcher(start).find()) {
      return word.replace(".", "");
    }
    boolean keeps =
        prefixes.contains(start)
            || startsIn(next, 'a', 'z')
            || (prefixesOfNumbers.contains(start) && startsIn(next, '0', '9'));
    return keeps ? word : start + " .";
  }

  private static boolean startsIn(String word, char first, char last) {
    return !word.isEmpty() && word.charAt(0) >= first && word.charAt(0) <= last;
  }
}
