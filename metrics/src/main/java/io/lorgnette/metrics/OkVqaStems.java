package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Stems of answers, for OK-VQA (Marino et al. 2019), whose published answers are stems: {@code
 * surfing} is {@code surf} there, {@code dogs} is {@code dog}.
 *
 * <p>OpenFlamingo turns words that end in {@code ing} into WordNet's verb and words that its tagger
 * takes for plural nouns into the singular, with a short table of exceptions. Here the two steps
 * are rules of spelling without dictionary and tagger, so single words can come out otherwise; the
 * table is the same. How often the two differ was not measured.
 */
final class OkVqaStems {

  /** What to publish with a score. */
  static final String VARIANT = "OK-VQA stems by rules of spelling";

  private static final Map<String, String> TABLE =
      Map.of(
          "police", "police",
          "las", "las",
          "vegas", "vegas",
          "yes", "yes",
          "jeans", "jean",
          "controllers", "control",
          "weddings", "wed",
          "sometimes", "sometime",
          "earing", "ear");
  private static final Map<String, String> IRREGULAR =
      Map.of(
          "men", "man",
          "women", "woman",
          "children", "child",
          "people", "person",
          "teeth", "tooth",
          "feet", "foot",
          "geese", "goose",
          "mice", "mouse",
          "oxen", "ox",
          "leaves", "leaf");
  // Words in ing that are no verbs, and words in s that are no plurals.
  private static final Set<String> WHOLE =
      Set.of(
          "king",
          "ring",
          "wing",
          "spring",
          "string",
          "thing",
          "bring",
          "sing",
          "swing",
          "sling",
          "nothing",
          "something",
          "anything",
          "everything",
          "morning",
          "evening",
          "ceiling",
          "pudding",
          "during",
          "gas",
          "bus",
          "lens",
          "christmas",
          "texas",
          "tennis",
          "always",
          "news",
          "series",
          "species",
          "this",
          "is",
          "was",
          "has",
          "his",
          "its",
          "paris",
          "canvas",
          "atlas",
          "glasses",
          "scissors",
          "pants",
          "shorts");
  private static final Pattern VOWEL = Pattern.compile("[aeiouy]");
  private static final Pattern DOUBLE = Pattern.compile(".*([bdfgmnprt])\\1");
  private static final Pattern SHORT = Pattern.compile("[^aeiou]*[aeiouy][^aeiouwxy]");
  private static final Pattern WANTS_E =
      Pattern.compile(".*([aeiou][cgvz]|[aeiou]dg|[lnr][cv]|[^s]s|[^aeo]at|[bdgkpt]l)");
  private static final Pattern ES = Pattern.compile(".*(x|z|ch|sh|ss|[^aeiou]o)es");
  private static final Pattern OES_OF_OE = Pattern.compile("(.*sho|(tip)?to|cano|obo)es");
  private static final Pattern VES_OF_F = Pattern.compile(".*(wol|shel|hal|cal|loa|thie|shea)ves");
  private static final Pattern VES_OF_FE = Pattern.compile("(house)?(kni|wi|li)ves");
  private static final Pattern NO_PLURAL = Pattern.compile(".*(ss|us|is|'s)");

  private OkVqaStems() {}

  /** The stems of an answer's words, with single blanks between them. */
  static String of(String answer) {
    List<String> stems = new ArrayList<>();
    for (String word : PythonText.split(answer.toLowerCase(Locale.ROOT))) {
      stems.add(stem(word));
    }
    return String.join(" ", stems);
  }

  /** The singular of a lower-case word, by rules of spelling. */
  static String singularOf(String word) {
    if (IRREGULAR.containsKey(word)) {
      return IRREGULAR.get(word);
    }
    return WHOLE.contains(word) ? word : singular(word);
  }

  private static String stem(String word) {
    if (TABLE.containsKey(word)) {
      return TABLE.get(word);
    }
    if (IRREGULAR.containsKey(word)) {
      return IRREGULAR.get(word);
    }
    if (WHOLE.contains(word)) {
      return word;
    }
    return word.endsWith("ing") ? verb(word) : singular(word);
  }

  /** Porter's step 1b, with a final e where its own stemmer would leave it to later steps. */
  private static String verb(String word) {
    String stem = word.substring(0, word.length() - "ing".length());
    if (stem.length() < 2 || !VOWEL.matcher(stem).find()) {
      return word;
    }
    if (DOUBLE.matcher(stem).matches()) {
      return stem.substring(0, stem.length() - 1);
    }
    return SHORT.matcher(stem).matches() || WANTS_E.matcher(stem).matches() ? stem + "e" : stem;
  }

  private static String singular(String word) {
    int end = word.length();
    if (end < 4 || !word.endsWith("s") || NO_PLURAL.matcher(word).matches()) {
      return word;
    }
    if (word.endsWith("ies") && end > 4) {
      return word.substring(0, end - 3) + "y";
    }
    if (VES_OF_F.matcher(word).matches()) {
      return word.substring(0, end - 3) + "f";
    }
    if (VES_OF_FE.matcher(word).matches()) {
      return word.substring(0, end - 3) + "fe";
    }
    boolean es = ES.matcher(word).matches() && !OES_OF_OE.matcher(word).matches();
    return word.substring(0, es ? end - 2 : end - 1);
  }
}
