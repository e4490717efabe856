package io.lorgnette.metrics;

import io.lorgnette.metrics.MeteorAligner.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tartarus.snowball.ext.englishStemmer;

/**
 * METEOR 1.5 (Denkowski and Lavie 2014) for English with the parameters of the ranking task, as the
 * COCO evaluation runs it.
 *
 * <p>An image's statistics are 23 whole numbers, those that the reference program prints: lengths
 * of hypothesis and reference, how many of these words are function words, for each of the four
 * modules the matched content words of both and the matched function words of both, then chunks and
 * matched words of both. Any set of images is scored from their sums.
 *
 * <p>Thread-safe. Remembers the words it has seen, so use one for one evaluation.
 */
final class Meteor {

  /** Numbers of an image. */
  static final int FIELDS = 23;

  private static final int FUNCTION_WORDS = 2;
  private static final int MATCHES = 4;
  private static final int CHUNKS = 20;
  private static final int MATCHED = 21;

  private static final double ALPHA = 0.85;
  private static final double BETA = 0.2;
  private static final double GAMMA = 0.6;
  private static final double DELTA = 0.75;
  private static final double[] WEIGHTS = {1.0, 0.6, 0.8, 0.6};

  private final MeteorData data;
  private final Map<String, MeteorWord> words = new ConcurrentHashMap<>();

  Meteor(MeteorData data) {
    this.data = data;
  }

  /**
   * One image's statistics: those of the reference that gives the best score, the first of equally
   * good ones.
   */
  int[] statistics(String hypothesis, List<String> references) {
    // The evaluation's wrapper takes out what separates sentences for the reference program.
    MeteorWord[] test = words(hypothesis.replace("|||", ""));
    int[] best = null;
    double bestScore = 0;
    for (String reference : references) {
      int[] statistics = statistics(test, words(reference));
      double score = score(statistics);
      if (best == null || score > bestScore) {
        best = statistics;
        bestScore = score;
      }
    }
    return best;
  }

  private MeteorWord[] words(String sentence) {
    return data.normalizer().words(sentence).stream()
        .map(word -> words.computeIfAbsent(word, this::word))
        .toArray(MeteorWord[]::new);
  }

  private MeteorWord word(String word) {
    return new MeteorWord(
        word,
        word.hashCode(),
        stem(word).hashCode(),
        data.synonyms().of(word),
        data.paraphrases().number(word),
        data.functionWords().contains(word));
  }

  /** The Porter 2 stem, of the Snowball release of METEOR's days. */
  static String stem(String word) {
    englishStemmer stemmer = new englishStemmer();
    stemmer.setCurrent(word);
    stemmer.stem();
    return stemmer.getCurrent();
  }

  private int[] statistics(MeteorWord[] test, MeteorWord[] reference) {
    int[] statistics = new int[FIELDS];
    statistics[0] = test.length;
    statistics[1] = reference.length;
    statistics[FUNCTION_WORDS] = functionWords(test, 0, test.length);
    statistics[FUNCTION_WORDS + 1] = functionWords(reference, 0, reference.length);
    Match last = null;
    for (Match match :
        MeteorAligner.align(matches(test, reference), test.length, reference.length)) {
      int at = MATCHES + 4 * match.module();
      int inTest = functionWords(test, match.test(), match.testLength());
      int inReference = functionWords(reference, match.reference(), match.referenceLength());
      statistics[at] += match.testLength() - inTest;
      statistics[at + 1] += match.referenceLength() - inReference;
      statistics[at + 2] += inTest;
      statistics[at + 3] += inReference;
      statistics[MATCHED] += match.testLength();
      statistics[MATCHED + 1] += match.referenceLength();
      statistics[CHUNKS] += match.continues(last) ? 0 : 1;
      last = match;
    }
    return statistics;
  }

  private static int functionWords(MeteorWord[] sentence, int start, int length) {
    int number = 0;
    for (int i = start; i < start + length; i++) {
      number += sentence[i].isFunction() ? 1 : 0;
    }
    return number;
  }

  /** All candidates, in the order of modules. */
  private List<Match> matches(MeteorWord[] test, MeteorWord[] reference) {
    List<Match> matches = new ArrayList<>();
    singles(test, reference, 0, matches);
    if (Arrays.equals(hashes(test), hashes(reference))) {
      return matches;
    }
    singles(test, reference, 1, matches);
    singles(test, reference, 2, matches);
    paraphrases(test, reference, matches);
    return matches;
  }

  /**
   * Paraphrases in the order in which METEOR meets them, which decides between equally good
   * alignments: each phrase of the reference with its paraphrases as the table lists them, which is
   * in alphabetical order, then the same from the hypothesis. A pair that the table holds both ways
   * is two candidates.
   */
  private void paraphrases(MeteorWord[] test, MeteorWord[] reference, List<Match> matches) {
    MeteorParaphrases table = data.paraphrases();
    int[][] inTest = table.phrases(test);
    int[][] inReference = table.phrases(reference);
    List<Match> backward = new ArrayList<>();
    for (int j = 0; j < reference.length; j++) {
      for (int m = 0; m < inReference[j].length; m++) {
        List<Match> forward = new ArrayList<>();
        for (int i = 0; i < test.length; i++) {
          for (int n = 0; n < inTest[i].length; n++) {
            Match match = new Match(3, i, n + 1, j, m + 1);
            if (table.isPair(inReference[j][m], inTest[i][n])) {
              forward.add(match);
            }
            if (table.isPair(inTest[i][n], inReference[j][m])) {
              backward.add(match);
            }
          }
        }
        forward.sort((a, b) -> comparePhrases(test, a, b));
        matches.addAll(forward);
      }
    }
    backward.sort(
        Comparator.comparingInt(Match::test)
            .thenComparingInt(Match::testLength)
            .thenComparingInt(Match::referenceLength));
    matches.addAll(backward);
  }

  private static int comparePhrases(MeteorWord[] test, Match a, Match b) {
    for (int i = 0; i < Math.min(a.testLength(), b.testLength()); i++) {
      int order = test[a.test() + i].text().compareTo(test[b.test() + i].text());
      if (order != 0) {
        return order;
      }
    }
    return a.testLength() - b.testLength();
  }

  private static void singles(
      MeteorWord[] test, MeteorWord[] reference, int module, List<Match> matches) {
    for (int j = 0; j < reference.length; j++) {
      for (int i = 0; i < test.length; i++) {
        boolean same = test[i].hash() == reference[j].hash();
        boolean found =
            switch (module) {
              case 0 -> same;
              case 1 -> !same && test[i].stem() == reference[j].stem();
              default -> !same && test[i].sharesMeaning(reference[j]);
            };
        if (found) {
          matches.add(new Match(module, i, 1, j, 1));
        }
      }
    }
  }

  private static int[] hashes(MeteorWord[] sentence) {
    return Arrays.stream(sentence).mapToInt(MeteorWord::hash).toArray();
  }

  /** The score of one image. */
  static double score(int[] statistics) {
    return score(Arrays.stream(statistics).asLongStream().toArray());
  }

  /** The score of the images at {@code drawn} together. */
  static double score(int[][] statistics, int[] drawn) {
    return score(sums(statistics, drawn));
  }

  /** The statistics of several images together. */
  static long[] sums(int[][] statistics, int[] drawn) {
    long[] sums = new long[FIELDS];
    for (int image : drawn) {
      for (int i = 0; i < FIELDS; i++) {
        sums[i] += i == CHUNKS && isPerfect(statistics[image]) ? 0 : statistics[image][i];
      }
    }
    return sums;
  }

  /** Everything matched on both sides, in one chunk. */
  private static boolean isPerfect(int[] s) {
    return s[CHUNKS] == 1 && s[MATCHED] == s[0] && s[MATCHED + 1] == s[1];
  }

  /** The score by the sums of statistics. */
  static double score(long[] s) {
    double precision = matches(s, 0) / length(s, 0);
    double recall = matches(s, 1) / length(s, 1);
    double mean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);
    boolean perfect = s[CHUNKS] <= 1 && s[MATCHED] == s[0] && s[MATCHED + 1] == s[1];
    double fragments = perfect ? 0 : s[CHUNKS] / ((s[MATCHED] + s[MATCHED + 1]) / 2.0);
    double score = mean * (1 - GAMMA * Math.pow(fragments, BETA));
    return Double.isNaN(score) ? 0 : Math.max(0, score);
  }

  /** Words of hypothesis (0) or reference (1), weighted. */
  private static double length(long[] s, int side) {
    long function = s[FUNCTION_WORDS + side];
    return DELTA * (s[side] - function) + (1 - DELTA) * function;
  }

  private static double matches(long[] s, int side) {
    double sum = 0;
    for (int module = 0; module < WEIGHTS.length; module++) {
      int at = MATCHES + 4 * module + side;
      sum += WEIGHTS[module] * (DELTA * s[at] + (1 - DELTA) * s[at + 2]);
    }
    return sum;
  }
}
