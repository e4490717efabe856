package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers words and n-grams of one to four words, so that counting compares integers.
 *
 * <p>An n-gram's number is looked up by the number of its first words and its last word: exact, no
 * hash is ever trusted. Not thread-safe while captions are added.
 */
final class NGrams {

  /** The longest n-gram that BLEU and CIDEr look at. */
  static final int ORDERS = 4;

  /**
   * The distinct n-grams of one order in a caption, in the order of their first occurrence.
   *
   * @param ids numbers within the order
   * @param counts how often each occurs
   */
  @SuppressWarnings("ArrayRecordComponent") // for speed; never compared
  record Counts(int[] ids, int[] counts) {

    int of(int id) {
      for (int i = 0; i < ids.length; i++) {
        if (ids[i] == id) {
          return counts[i];
        }
      }
      return 0;
    }
  }

  /**
   * A caption as numbers.
   *
   * @param length its number of words
   * @param orders counts of n-grams of 1 to {@link #ORDERS} words
   * @param rouge its words as ROUGE sees them: split at every single blank
   */
  @SuppressWarnings("ArrayRecordComponent") // for speed; never compared
  record Caption(int length, Counts[] orders, int[] rouge) {}

  private final Map<String, Integer> words = new HashMap<>();
  private final List<LongTable> longer = new ArrayList<>();

  NGrams() {
    for (int order = 2; order <= ORDERS; order++) {
      longer.add(LongTable.map());
    }
  }

  /** Numbers a tokenised caption. */
  Caption add(String tokenized) {
    int[] ids = number(PythonText.split(tokenized));
    Counts[] orders = new Counts[ORDERS];
    int[] grams = ids.clone();
    orders[0] = count(grams, ids.length);
    for (int order = 2; order <= ORDERS; order++) {
      int number = Math.max(0, ids.length - order + 1);
      LongTable known = longer.get(order - 2);
      for (int i = 0; i < number; i++) {
        grams[i] = known.putIfAbsent(key(grams[i], ids[i + order - 1]), known.size());
      }
      orders[order - 1] = count(grams, number);
    }
    return new Caption(ids.length, orders, number(List.of(tokenized.split(" ", -1))));
  }

  /**
   * Numbers a tokenised caption without remembering it: n-grams that no added caption holds have
   * numbers from {@link #size} on, which mean nothing outside this caption.
   */
  Caption look(String tokenized) {
    List<String> split = PythonText.split(tokenized);
    int length = split.size();
    Map<String, Integer> otherWords = new HashMap<>();
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      Integer known = words.get(split.get(i));
      ids[i] =
          known != null
              ? known
              : otherWords.computeIfAbsent(split.get(i), w -> words.size() + otherWords.size());
    }
    Counts[] orders = new Counts[ORDERS];
    int[] grams = ids.clone();
    orders[0] = count(grams, length);
    for (int order = 2; order <= ORDERS; order++) {
      int number = Math.max(0, length - order + 1);
      LongTable known = longer.get(order - 2);
      Map<Long, Integer> others = new HashMap<>();
      for (int i = 0; i < number; i++) {
        long key = key(grams[i], ids[i + order - 1]);
        int id = known.get(key);
        grams[i] =
            id != LongTable.NOTHING
                ? id
                : others.computeIfAbsent(key, k -> known.size() + others.size());
      }
      orders[order - 1] = count(grams, number);
    }
    return new Caption(length, orders, new int[0]);
  }

  /** How many different n-grams of {@code order} words there are. */
  int size(int order) {
    return order == 1 ? words.size() : longer.get(order - 2).size();
  }

  /** The number of an n-gram of words separated by blanks, or -1 when no caption holds it. */
  int find(String[] gram) {
    Integer id = words.get(gram[0]);
    for (int i = 1; id != null && i < gram.length; i++) {
      Integer word = words.get(gram[i]);
      id = word == null ? null : longer.get(i - 1).get(key(id, word));
      id = id == null || id == LongTable.NOTHING ? null : id;
    }
    return id == null ? -1 : id;
  }

  /** Never 0. */
  private static long key(int firstWords, int lastWord) {
    return ((firstWords + 1L) << 32) | lastWord;
  }

  private int[] number(List<String> split) {
    int[] ids = new int[split.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = words.computeIfAbsent(split.get(i), word -> words.size());
    }
    return ids;
  }

  private static Counts count(int[] grams, int length) {
    int[] ids = new int[length];
    int[] counts = new int[length];
    int distinct = 0;
    for (int i = 0; i < length; i++) {
      int at = 0;
      while (at < distinct && ids[at] != grams[i]) {
        at++;
      }
      if (at == distinct) {
        ids[distinct++] = grams[i];
      }
      counts[at]++;
    }
    return new Counts(Arrays.copyOf(ids, distinct), Arrays.copyOf(counts, distinct));
  }
}
