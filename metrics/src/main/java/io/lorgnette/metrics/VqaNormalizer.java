package io.lorgnette.metrics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Normalises answers as the official VQA evaluation does before it compares them, oddities
 * included: a comma between digits anywhere makes all marks vanish instead of becoming blanks, a
 * full stop stays only before a digit, and at most 32 full stops are removed.
 *
 * <p>Thread-safe.
 */
public final class VqaNormalizer {

  /** As the official evaluator under Python 2, for which it was written. */
  public static final VqaNormalizer OFFICIAL =
      new VqaNormalizer("[0-9]", false, readContractions());

  /** As the same code under Python 3 (LAVIS): digits of all scripts, full lower-casing. */
  public static final VqaNormalizer PYTHON_3 =
      new VqaNormalizer("\\p{Nd}", true, OFFICIAL.contractions);

  /**
   * As VizWiz's evaluator: Python 3's, with a curly apostrophe in most contractions. So its {@code
   * don’t}, made of {@code dont}, equals nobody's {@code don't}.
   */
  public static final VqaNormalizer VIZWIZ =
      new VqaNormalizer("\\p{Nd}", true, curly(OFFICIAL.contractions));

  private static final String MARKS = ";/[]\"{}()=+\\_-><@`,?!";
  private static final char CURLY = '\u2019';
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");
  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("none", "0"),
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"));

  /** The evaluator passes a flag of this value where the number of replacements is meant. */
  private static final int MOST_STOPS_REMOVED = 32;

  private final Pattern commaInNumber;
  private final Pattern stop;
  private final boolean fullLowerCase;
  private final Map<String, String> contractions;

  private VqaNormalizer(String digit, boolean fullLowerCase, Map<String, String> contractions) {
    this.contractions = contractions;
    this.commaInNumber = Pattern.compile(digit + "," + digit);
    // The evaluator's look-behind is misspelt and always true, so only what follows matters.
    this.stop = Pattern.compile("\\.(?!" + digit + ")");
    this.fullLowerCase = fullLowerCase;
  }

  /** New lines and tabs as blanks, white space at the ends gone. */
  public static String strip(String answer) {
    return PythonText.strip(answer.replace('\n', ' ').replace('\t', ' '));
  }

  /** {@link #punctuation} and then {@link #words}; the answer has been stripped. */
  public String normalize(String answer) {
    return words(punctuation(answer));
  }

  /**
   * The step that TextVQA's evaluator goes before: lower case, no commas and question marks, a
   * blank before {@code 's}. Nothing has been stripped.
   */
  static String tokenize(String answer) {
    String text = answer.toLowerCase(Locale.ROOT);
    return PythonText.strip(text.replace(",", "").replace("?", "").replace("'s", " 's"));
  }

  /** The evaluator's first step: marks and full stops. */
  public String punctuation(String answer) {
    boolean comma = commaInNumber.matcher(answer).find();
    String text = answer;
    for (int i = 0; i < MARKS.length(); i++) {
      String mark = MARKS.substring(i, i + 1);
      boolean vanishes = comma || answer.contains(mark + " ") || answer.contains(" " + mark);
      text = text.replace(mark, vanishes ? "" : " ");
    }
    Matcher stops = stop.matcher(text);
    StringBuilder out = new StringBuilder();
    for (int removed = 0; removed < MOST_STOPS_REMOVED && stops.find(); removed++) {
      stops.appendReplacement(out, "");
    }
    return stops.appendTail(out).toString();
  }

  /** The evaluator's second step: lower case, number words, articles, contractions. */
  public String words(String answer) {
    List<String> words = new ArrayList<>();
    for (String word : PythonText.split(lowerCase(answer))) {
      String number = NUMBERS.getOrDefault(word, word);
      if (!ARTICLES.contains(number)) {
        words.add(contractions.getOrDefault(number, number));
      }
    }
    return String.join(" ", words);
  }

  private String lowerCase(String text) {
    if (fullLowerCase) {
      return text.toLowerCase(Locale.ROOT);
    }
    return text.codePoints()
        .map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /**
   * VizWiz's table: eight words kept the plain apostrophe in what they become, two in their key.
   */
  private static Map<String, String> curly(Map<String, String> plain) {
    Set<String> plainValues =
        Set.of("aint", "arent", "cant", "couldve", "couldnt", "weve", "wheres", "whove");
    Set<String> plainKeys = Set.of("couldn'tve", "hadn'tve");
    Map<String, String> table = new HashMap<>();
    plain.forEach(
        (word, becomes) ->
            table.put(
                plainKeys.contains(word) ? word : word.replace('\'', CURLY),
                plainValues.contains(word) ? becomes : becomes.replace('\'', CURLY)));
    return Map.copyOf(table);
  }

  private static Map<String, String> readContractions() {
    try (InputStream in = VqaNormalizer.class.getResourceAsStream("vqa-contractions.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#") && !line.equals("answer,replaced_by"))
          .map(line -> line.split(",", -1))
          .collect(Collectors.toUnmodifiableMap(fields -> fields[0], fields -> fields[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
