package io.lorgnette.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What two data sets share: pictures that are nearly the same, and sentences that are equal. */
public final class Duplicates {

  /**
   * A picture and its hash.
   *
   * @param id of the image in its set
   */
  public record Hashed(String id, ImageHash hash) {}

  /**
   * Two pictures that are nearly the same.
   *
   * @param first id in the first set
   * @param second id in the second set
   * @param distance of their hashes, in bits of 128
   */
  public record Pair(String first, String second, int distance) {}

  /**
   * A caption that two sets share.
   *
   * @param caption as the second set writes it
   * @param first image of the first set that has it, the first of several
   * @param second image of the second set that has it
   */
  public record Sentence(String caption, String first, String second) {}

  private Duplicates() {}

  /**
   * All pairs within a distance, nearest first; every picture is compared with every other, on all
   * cores: some hundred million pairs a second.
   */
  public static List<Pair> images(List<Hashed> first, List<Hashed> second, int distance) {
    return IntStream.range(0, first.size())
        .parallel()
        .mapToObj(i -> near(first.get(i), second, distance))
        .flatMap(List::stream)
        .sorted(
            Comparator.comparingInt(Pair::distance)
                .thenComparing(Pair::first)
                .thenComparing(Pair::second))
        .toList();
  }

  private static List<Pair> near(Hashed one, List<Hashed> others, int distance) {
    List<Pair> pairs = new ArrayList<>();
    for (Hashed other : others) {
      int d = one.hash().distance(other.hash());
      if (d <= distance) {
        pairs.add(new Pair(one.id(), other.id(), d));
      }
    }
    return pairs;
  }

  /** The captions of the second set that the first set has too, in the order of the second. */
  public static List<Sentence> captions(Dataset first, Dataset second) {
    Map<String, String> wanted = new HashMap<>();
    second
        .examples()
        .flatMap(example -> example.captions().stream())
        .forEach(caption -> wanted.put(words(caption), ""));
    first
        .examples()
        .forEach(
            example ->
                example
                    .captions()
                    .forEach(
                        caption ->
                            wanted.computeIfPresent(
                                words(caption),
                                (words, found) -> found.isEmpty() ? example.id() : found)));
    List<Sentence> shared = new ArrayList<>();
    second
        .examples()
        .forEach(
            example ->
                example
                    .captions()
                    .forEach(
                        caption -> {
                          String found = wanted.get(words(caption));
                          if (!found.isEmpty()) {
                            shared.add(new Sentence(caption, found, example.id()));
                          }
                        }));
    return shared;
  }

  /** Sentences in a form in which case, marks and white space do not matter. */
  public static final class Sentences {
    private final Set<String> known = new HashSet<>();

    /** Notes a sentence; one without words is passed over. */
    public void add(String sentence) {
      String words = words(sentence);
      if (!words.isEmpty()) {
        known.add(words);
      }
    }

    /** Whether an equal sentence was noted. */
    public boolean has(String sentence) {
      return known.contains(words(sentence));
    }

    /** Number of different sentences. */
    public int size() {
      return known.size();
    }
  }

  /** Letters and digits in lower case, words with a blank between them. */
  static String words(String sentence) {
    StringBuilder words = new StringBuilder();
    boolean gap = false;
    String lower = sentence.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); ) {
      int c = lower.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isLetterOrDigit(c)) {
        if (gap && words.length() > 0) {
          words.append(' ');
        }
        words.appendCodePoint(c);
        gap = false;
      } else if (c != '\'' && c != '\u2019') {
        gap = true;
      }
    }
    return words.toString();
  }
}
