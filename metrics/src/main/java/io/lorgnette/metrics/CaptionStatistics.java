package io.lorgnette.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a system's captions look like, whatever the references say: a system that says the same
 * short sentence of every image can have good scores.
 *
 * @param captions their number
 * @param words mean number of words
 * @param shortest number of words of the shortest caption
 * @param longest number of words of the longest one
 * @param vocabulary number of different words
 * @param distinct number of different captions
 * @param repeatedBigrams the share of pairs of neighbouring words that occurred before in the same
 *     caption; 0 for captions of one word
 */
public record CaptionStatistics(
    int captions,
    double words,
    int shortest,
    int longest,
    int vocabulary,
    int distinct,
    double repeatedBigrams) {

  /** Of tokenised captions, at least one. */
  static CaptionStatistics of(List<String> tokenized) {
    Set<String> vocabulary = new HashSet<>();
    long words = 0;
    long bigrams = 0;
    long repeated = 0;
    int shortest = Integer.MAX_VALUE;
    int longest = 0;
    for (String caption : tokenized) {
      List<String> split = PythonText.split(caption);
      vocabulary.addAll(split);
      words += split.size();
      shortest = Math.min(shortest, split.size());
      longest = Math.max(longest, split.size());
      Set<List<String>> seen = new HashSet<>();
      for (int i = 1; i < split.size(); i++) {
        bigrams++;
        repeated += seen.add(List.copyOf(split.subList(i - 1, i + 1))) ? 0 : 1;
      }
    }
    return new CaptionStatistics(
        tokenized.size(),
        words / (double) tokenized.size(),
        shortest,
        longest,
        vocabulary.size(),
        new HashSet<>(tokenized).size(),
        bigrams == 0 ? 0 : repeated / (double) bigrams);
  }
}
