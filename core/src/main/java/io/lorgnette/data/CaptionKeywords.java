package io.lorgnette.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.en.EnglishAnalyzer;

/**
 * Captions behind some of their words: {@code grass dog stick: A dog runs on the grass.}
 *
 * <p>A language model that reads such texts learns to write a caption from what stands before it,
 * in any order, with parts missing and some of it wrong. That is what the prefix of a connector
 * will be to it; a small model that has read captions alone knows how they sound and looks at
 * nothing.
 *
 * <p>Captions are drawn for in their order, so the same captions in the same order become the same
 * texts. Not safe for use by several threads.
 */
public final class CaptionKeywords {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:'\\p{L}+)?");
  private static final CharArraySet COMMON = EnglishAnalyzer.ENGLISH_STOP_WORDS_SET;

  private static final double ALONE = 0.15; // captions without any word before them
  private static final double LEAST_KEPT = 0.35; // of the words of a caption, up to all
  private static final double MISTAKEN = 0.35; // captions with words of other captions
  private static final int MOST_WRONG = 3;
  private static final int REMEMBERED = 4096; // words of earlier captions, to take wrong ones from

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<String> earlier = new ArrayList<>();
  private int oldest;

  /**
   * The caption behind some of its words.
   *
   * @param caption as {@link CaptionText#training} makes it
   */
  public String before(String caption) {
    Set<String> own = words(caption);
    List<String> told = new ArrayList<>();
    if (random.nextDouble() >= ALONE) {
      double kept = LEAST_KEPT + random.nextDouble() * (1 - LEAST_KEPT);
      for (String word : own) {
        if (random.nextDouble() < kept) {
          told.add(word);
        }
      }
      if (!earlier.isEmpty() && random.nextDouble() < MISTAKEN) {
        for (int wrong = 1 + below(MOST_WRONG); wrong > 0; wrong--) {
          told.add(earlier.get(below(earlier.size())));
        }
      }
      shuffle(told);
    }
    remember(own);
    return told.isEmpty() ? caption : String.join(" ", told) + ": " + caption;
  }

  /** The words that say something, in small letters, each once, in their order. */
  static Set<String> words(String caption) {
    Set<String> words = new LinkedHashSet<>();
    Matcher matcher = WORD.matcher(caption.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      if (!COMMON.contains(matcher.group())) {
        words.add(matcher.group());
      }
    }
    return words;
  }

  private void remember(Set<String> words) {
    for (String word : words) {
      if (earlier.size() < REMEMBERED) {
        earlier.add(word);
      } else {
        earlier.set(oldest, word);
        oldest = (oldest + 1) % REMEMBERED;
      }
    }
  }

  private int below(int bound) {
    return (int) (random.nextDouble() * bound);
  }

  private void shuffle(List<String> words) {
    for (int i = words.size() - 1; i > 0; i--) {
      int other = below(i + 1);
      String word = words.get(i);
      words.set(i, words.get(other));
      words.set(other, word);
    }
  }
}
