package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which meanings (WordNet synsets) a word has, those of its base forms included.
 *
 * <p>Immutable, thread-safe.
 */
final class MeteorSynonyms {

  /** Endings of WordNet's morphology and what they become; the first that gives a word counts. */
  private static final String[][] ENDINGS = {
    {"s", ""}, {"ses", "s"}, {"xes", "x"}, {"zes", "z"}, {"ches", "ch"}, {"shes", "sh"},
    {"men", "man"}, {"ies", "y"}, {"es", "e"}, {"es", ""}, {"ed", "e"}, {"ed", ""},
    {"ing", "e"}, {"ing", ""}, {"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}
  };

  private final Map<String, int[]> synsets;
  private final Map<String, List<String>> exceptions;

  private MeteorSynonyms(Map<String, int[]> synsets, Map<String, List<String>> exceptions) {
    this.synsets = synsets;
    this.exceptions = exceptions;
  }

  /** No word means the same as another. */
  static MeteorSynonyms none() {
    return new MeteorSynonyms(Map.of(), Map.of());
  }

  /**
   * Reads the two files of METEOR.
   *
   * @param synsets lines in twos: a word, the numbers of its synsets
   * @param exceptions lines in twos: a base form, its irregular forms
   * @param source what to name in an error
   */
  static MeteorSynonyms read(BufferedReader synsets, BufferedReader exceptions, String source)
      throws IOException {
    Map<String, int[]> numbers = new HashMap<>();
    for (String word = synsets.readLine(); word != null; word = synsets.readLine()) {
      numbers.put(
          word, Arrays.stream(second(synsets, source)).mapToInt(Integer::parseInt).toArray());
    }
    Map<String, List<String>> bases = new HashMap<>();
    for (String base = exceptions.readLine(); base != null; base = exceptions.readLine()) {
      for (String form : second(exceptions, source)) {
        bases.computeIfAbsent(form, key -> new ArrayList<>()).add(base);
      }
    }
    return new MeteorSynonyms(numbers, bases);
  }

  /** The words of the second line of two. */
  private static String[] second(BufferedReader in, String source) throws IOException {
    String line = in.readLine();
    if (line == null) {
      throw new InputException(
          source
              + ": METEOR's synonyms end within an entry; they were cut off, so copy them again.");
    }
    return line.split(" ", -1);
  }

  /** The numbers of a word's synsets, ascending. */
  int[] of(String word) {
    List<String> bases = exceptions.get(word);
    return Stream.concat(Stream.of(word), (bases == null ? regularBase(word) : bases).stream())
        .flatMapToInt(base -> IntStream.of(synsets.getOrDefault(base, new int[0])))
        .sorted()
        .distinct()
        .toArray();
  }

  private List<String> regularBase(String word) {
    if (word.length() > 2 && !word.endsWith("ss")) {
      for (String[] ending : ENDINGS) {
        if (word.endsWith(ending[0])) {
          String base = word.substring(0, word.length() - ending[0].length()) + ending[1];
          if (synsets.containsKey(base)) {
            return List.of(base);
          }
        }
      }
    }
    return List.of();
  }
}
