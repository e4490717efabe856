package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * WordNet's nouns (Miller 1995) and how alike two of them are by Wu and Palmer (1994), as NLTK
 * computes it. Read from the folder {@code dict} of WordNet, or NLTK's {@code corpora/wordnet}:
 * {@code index.noun}, {@code data.noun}, {@code noun.exc}. Published WUPS scores are of WordNet
 * 3.0.
 *
 * <p>Immutable, thread-safe.
 */
public final class WordNetNouns {

  private static final String[][] ENDINGS = {
    {"s", ""},
    {"ses", "s"},
    {"ves", "f"},
    {"xes", "x"},
    {"zes", "z"},
    {"ches", "ch"},
    {"shes", "sh"},
    {"men", "man"},
    {"ies", "y"}
  };

  /** A set of synonyms; above it are its hypernyms, of kinds and of instances. */
  private static final class Synset {
    final String lemma;
    final int[] above;

    Synset(String lemma, int[] above) {
      this.lemma = lemma;
      this.above = above;
    }
  }

  private final Map<Integer, Synset> synsets = new HashMap<>();
  private final Map<String, int[]> senses = new HashMap<>();
  private final Map<String, List<String>> exceptions = new HashMap<>();

  private WordNetNouns() {}

  /**
   * Reads the three files.
   *
   * @throws InputException if one is missing or damaged
   */
  public static WordNetNouns load(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          folder
              + " is not a folder; give WordNet's folder dict, or corpora/wordnet of NLTK's data");
    }
    WordNetNouns nouns = new WordNetNouns();
    read(folder.resolve("data.noun"), nouns::synset);
    read(folder.resolve("index.noun"), nouns::sense);
    read(folder.resolve("noun.exc"), nouns::exception);
    for (Synset synset : nouns.synsets.values()) {
      for (int above : synset.above) {
        if (!nouns.synsets.containsKey(above)) {
          throw new InputException(
              folder.resolve("data.noun")
                  + ": the synset at "
                  + above
                  + " is missing, a hypernym of "
                  + synset.lemma
                  + "; fetch WordNet again");
        }
      }
    }
    return nouns;
  }

  private static void read(Path file, Consumer<String[]> line) {
    int number = 0;
    try {
      for (String text : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        number++;
        // The licence stands first, each of its lines after two blanks.
        if (!text.isBlank() && !text.startsWith("  ")) {
          line.accept(text.strip().split(" +", -1));
        }
      }
    } catch (IOException e) {
      throw new InputException(file + ": can not be read (" + e + "); give a WordNet folder", e);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new InputException(
          file + ", line " + number + ": not a line of WordNet; fetch WordNet again", e);
    }
  }

  /** {@code offset file n words word id ... pointers symbol offset pos where ... | gloss}. */
  private void synset(String[] fields) {
    int words = Integer.parseInt(fields[3], 16);
    int at = 4 + 2 * words;
    int pointers = Integer.parseInt(fields[at]);
    List<Integer> above = new ArrayList<>();
    for (int i = 0; i < pointers; i++) {
      String symbol = fields[at + 1 + 4 * i];
      if (symbol.equals("@") || symbol.equals("@i")) {
        above.add(Integer.parseInt(fields[at + 2 + 4 * i]));
      }
    }
    synsets.put(
        Integer.parseInt(fields[0]),
        new Synset(
            fields[4].toLowerCase(Locale.ROOT),
            above.stream().mapToInt(Integer::intValue).toArray()));
  }

  /** {@code lemma n senses pointers symbol ... senses tagged offset ...}. */
  private void sense(String[] fields) {
    int count = Integer.parseInt(fields[2]);
    int first = 4 + Integer.parseInt(fields[3]) + 2;
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = Integer.parseInt(fields[first + i]);
    }
    senses.put(fields[0], offsets);
  }

  private void exception(String[] fields) {
    exceptions.put(fields[0], List.of(fields).subList(1, fields.length));
  }

  /** The synsets that a word can mean, also in the plural. */
  private List<Integer> meanings(String word) {
    List<Integer> meanings = new ArrayList<>();
    for (String form : forms(word.toLowerCase(Locale.ROOT).replace(' ', '_'))) {
      for (int synset : senses.get(form)) {
        meanings.add(synset);
      }
    }
    return meanings;
  }

  private List<String> forms(String word) {
    if (exceptions.containsKey(word)) {
      List<String> all = new ArrayList<>(List.of(word));
      all.addAll(exceptions.get(word));
      return known(all);
    }
    List<String> all = new ArrayList<>(List.of(word));
    for (String[] ending : ENDINGS) {
      if (word.endsWith(ending[0])) {
        all.add(word.substring(0, word.length() - ending[0].length()) + ending[1]);
      }
    }
    return known(all);
  }

  private List<String> known(List<String> words) {
    return new LinkedHashSet<>(words).stream().filter(senses::containsKey).toList();
  }

  /**
   * How alike two words are in their most alike meanings: twice the depth of the deepest common
   * hypernym over the lengths of the ways to the root through it.
   *
   * @return 0 to 1; 0 where a word is no noun of WordNet
   */
  public double similarity(String first, String second) {
    double best = 0;
    for (int a : meanings(first)) {
      for (int b : meanings(second)) {
        best = Math.max(best, similarity(a, b));
      }
    }
    return best;
  }

  private double similarity(int a, int b) {
    Map<Integer, Integer> fromA = distances(a);
    Map<Integer, Integer> fromB = distances(b);
    List<Integer> common = fromA.keySet().stream().filter(fromB::containsKey).toList();
    if (common.isEmpty()) {
      return 0;
    }
    int subsumer = a;
    if (!fromB.containsKey(a)) {
      // Of those that are deepest by their shortest way, the first by name, as NLTK sorts them.
      int deepest = common.stream().mapToInt(this::shortest).max().orElseThrow();
      subsumer =
          common.stream()
              .filter(synset -> shortest(synset) == deepest)
              .min(Comparator.comparing(this::name))
              .orElseThrow();
    }
    double depth = longest(subsumer) + 1;
    Map<Integer, Integer> up = distances(subsumer);
    return 2 * depth / (way(fromA, up) + depth + way(fromB, up) + depth);
  }

  /** The shortest way between two synsets; it may lead over one above both. */
  private static int way(Map<Integer, Integer> from, Map<Integer, Integer> to) {
    return from.entrySet().stream()
        .filter(entry -> to.containsKey(entry.getKey()))
        .mapToInt(entry -> entry.getValue() + to.get(entry.getKey()))
        .min()
        .orElseThrow();
  }

  /** The synset and all above it, with the length of the shortest way. */
  private Map<Integer, Integer> distances(int synset) {
    Map<Integer, Integer> distances = new HashMap<>();
    Set<Integer> level = Set.of(synset);
    for (int distance = 0; !level.isEmpty(); distance++) {
      Set<Integer> next = new LinkedHashSet<>();
      for (int one : level) {
        if (distances.putIfAbsent(one, distance) == null) {
          for (int above : synsets.get(one).above) {
            next.add(above);
          }
        }
      }
      level = next;
    }
    return distances;
  }

  private int shortest(int synset) {
    int best = Integer.MAX_VALUE;
    for (int above : synsets.get(synset).above) {
      best = Math.min(best, 1 + shortest(above));
    }
    return best == Integer.MAX_VALUE ? 0 : best;
  }

  private int longest(int synset) {
    int best = 0;
    for (int above : synsets.get(synset).above) {
      best = Math.max(best, 1 + longest(above));
    }
    return best;
  }

  /** NLTK's name: the first word and the number of the sense. */
  private String name(int synset) {
    String lemma = synsets.get(synset).lemma;
    int[] of = senses.getOrDefault(lemma, new int[0]);
    int number = 0;
    while (number < of.length && of[number] != synset) {
      number++;
    }
    return String.format(Locale.ROOT, "%s.n.%02d", lemma, number + 1);
  }
}
