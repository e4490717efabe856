package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Pairs of phrases that say the same.
 *
 * <p>Words are numbered, phrases are paths in a tree whose branches are words, and a pair is two
 * nodes in one {@code long}. So the published table, 5.3 million pairs in 272 MB of text, takes
 * some 100 MB.
 *
 * <p>Thread-safe once read.
 */
final class MeteorParaphrases {

  private static final int ROOT = 1;

  private final Map<String, Integer> words = new HashMap<>();
  private final LongTable branches = LongTable.map();
  private final LongTable pairs = LongTable.set();
  private int lastNode = ROOT;

  private MeteorParaphrases() {}

  /** A table without a pair. */
  static MeteorParaphrases none() {
    return new MeteorParaphrases();
  }

  /**
   * Reads lines in threes: a probability, which METEOR ignores, a phrase and its paraphrase.
   *
   * @param source what to name in an error
   */
  static MeteorParaphrases read(BufferedReader in, String source) throws IOException {
    MeteorParaphrases table = new MeteorParaphrases();
    String lastPhrase = "";
    int node = ROOT;
    while (in.readLine() != null) {
      String phrase = in.readLine();
      String paraphrase = in.readLine();
      if (paraphrase == null) {
        throw new InputException(
            source + " ends within a pair of phrases; it was cut off, so copy it again.");
      }
      // A phrase comes with all its paraphrases in a row.
      if (!phrase.equals(lastPhrase)) {
        lastPhrase = phrase;
        node = table.add(phrase);
      }
      table.pairs.add(key(node, table.add(paraphrase)));
    }
    return table;
  }

  private int add(String phrase) {
    int node = ROOT;
    int start = 0;
    while (start <= phrase.length()) {
      int blank = phrase.indexOf(' ', start);
      int end = blank < 0 ? phrase.length() : blank;
      int word = words.computeIfAbsent(phrase.substring(start, end), w -> words.size());
      node = branches.putIfAbsent(key(node, word), lastNode + 1);
      lastNode = Math.max(lastNode, node);
      start = end + 1;
    }
    return node;
  }

  private static long key(int first, int second) {
    return ((long) first << 32) | (second & 0xFFFFFFFFL);
  }

  /** Number of pairs. */
  int size() {
    return pairs.size();
  }

  /** The number of a word, or -1 when no phrase holds it. */
  int number(String word) {
    return words.getOrDefault(word, LongTable.NOTHING);
  }

  /**
   * The beginnings of phrases of the table at each place of a sentence.
   *
   * @return by the first word, the nodes of one word, two words and so on; as long as there are any
   */
  int[][] phrases(MeteorWord[] sentence) {
    int[][] phrases = new int[sentence.length][];
    for (int start = 0; start < sentence.length; start++) {
      int[] found = new int[sentence.length - start];
      int length = 0;
      int node = ROOT;
      while (length < found.length) {
        node = branches.get(key(node, sentence[start + length].paraphrased()));
        if (node == LongTable.NOTHING) {
          break;
        }
        found[length++] = node;
      }
      phrases[start] = Arrays.copyOf(found, length);
    }
    return phrases;
  }

  /** Whether the table holds a phrase with this paraphrase. */
  boolean isPair(int phrase, int paraphrase) {
    return pairs.contains(key(phrase, paraphrase));
  }
}
