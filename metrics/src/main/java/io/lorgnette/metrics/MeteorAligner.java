package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Aligns the words of two sentences as METEOR 1.5 does: a beam search over the reference from left
 * to right for the most matched words, then the fewest chunks, then the shortest distances.
 *
 * <p>Three oddities of the reference program are kept, because they change scores. The search
 * counts a match that is not exact as half a word on either side and cuts the count to a whole
 * number, so that a single such word counts for nothing: of two candidates that match {@code dogs}
 * with {@code dog}, by stem and by meaning, neither is better than leaving it unmatched. A chunk
 * counts only once it has ended. And the distance of a match is added to the path that it extends,
 * before the next candidate extends that path too.
 */
final class MeteorAligner {

  private static final int BEAM = 40;

  /**
   * Words of the hypothesis that mean words of the reference.
   *
   * @param module 0 exact, 1 stem, 2 synonym, 3 paraphrase
   * @param test the first word in the hypothesis
   * @param testLength number of words there
   * @param reference the first word in the reference
   * @param referenceLength number of words there
   */
  record Match(int module, int test, int testLength, int reference, int referenceLength) {

    /** Whether this match follows {@code last} directly on both sides. */
    boolean continues(Match last) {
      return last != null
          && last.test + last.testLength == test
          && last.reference + last.referenceLength == reference;
    }

    int referenceEnd() {
      return reference + referenceLength;
    }

    /** What the search takes the match for: whole words of both sides. */
    int searchWords() {
      return module == 0 ? testLength + referenceLength : testLength / 2 + referenceLength / 2;
    }
  }

  /** A choice of matches for the first words of the reference. */
  private static final class Path {

    /** The choice without its last match. */
    final Path shorter;

    final Match last;
    final BitSet usedInTest;
    final int words;

    /** Chunks that have ended. */
    final int chunks;

    /** Whether the last match ends where the search has come to. */
    final boolean open;

    int distance;

    Path(Path shorter, Match last, BitSet usedInTest, int words, int chunks, boolean open) {
      this.shorter = shorter;
      this.last = last;
      this.usedInTest = usedInTest;
      this.words = words;
      this.chunks = chunks;
      this.open = open;
    }

    boolean covers(int reference) {
      return last != null && last.referenceEnd() > reference;
    }

    boolean hasRoomFor(Match match) {
      int used = usedInTest.nextSetBit(match.test());
      return used < 0 || used >= match.test() + match.testLength();
    }

    Path with(Match match) {
      BitSet used = (BitSet) usedInTest.clone();
      used.set(match.test(), match.test() + match.testLength());
      int ended = chunks + (open && !match.continues(last) ? 1 : 0);
      Path longer = new Path(this, match, used, words + match.searchWords(), ended, true);
      longer.distance = distance;
      distance += Math.abs(match.test() - match.reference());
      return longer;
    }

    /** The same choice, its last chunk ended. */
    Path ended() {
      if (!open) {
        return this;
      }
      Path ended = new Path(shorter, last, usedInTest, words, chunks + 1, false);
      ended.distance = distance;
      return ended;
    }

    static int compare(Path a, Path b) {
      if (a.words != b.words) {
        return Integer.compare(b.words, a.words);
      }
      return a.chunks != b.chunks
          ? Integer.compare(a.chunks, b.chunks)
          : Integer.compare(a.distance, b.distance);
    }

    List<Match> matches() {
      List<Match> matches = new ArrayList<>();
      for (Path path = this; path.last != null; path = path.shorter) {
        matches.add(path.last);
      }
      Collections.reverse(matches);
      return matches;
    }
  }

  /** By their first word in the reference. */
  private final List<List<Match>> candidates = new ArrayList<>();

  /** How many candidates hold each word. */
  private final int[] inTest;

  private final int[] inReference;

  private MeteorAligner(List<Match> matches, int testLength, int referenceLength) {
    inTest = new int[testLength];
    inReference = new int[referenceLength];
    for (int i = 0; i < referenceLength; i++) {
      candidates.add(new ArrayList<>());
    }
    for (Match match : matches) {
      candidates.get(match.reference()).add(match);
      count(inTest, match.test(), match.testLength());
      count(inReference, match.reference(), match.referenceLength());
    }
  }

  private static void count(int[] numbers, int start, int length) {
    for (int i = start; i < start + length; i++) {
      numbers[i]++;
    }
  }

  /**
   * Chooses matches that share no word.
   *
   * @param matches candidates; of equally good choices the one with earlier candidates wins
   * @param testLength number of words of the hypothesis
   * @param referenceLength number of words of the reference
   * @return by ascending place in the reference
   */
  static List<Match> align(List<Match> matches, int testLength, int referenceLength) {
    return new MeteorAligner(matches, testLength, referenceLength).align();
  }

  private List<Match> align() {
    List<Path> beam = List.of(new Path(null, null, new BitSet(), 0, 0, false));
    for (int i = 0; i < candidates.size(); i++) {
      List<Path> next = new ArrayList<>();
      for (Path path : beam) {
        extend(path, i, next);
      }
      next.sort(Path::compare);
      beam = next.subList(0, Math.min(BEAM, next.size()));
    }
    return beam.stream().map(Path::ended).sorted(Path::compare).findFirst().orElseThrow().matches();
  }

  private void extend(Path path, int reference, List<Path> next) {
    List<Match> here = candidates.get(reference);
    if (path.covers(reference)) {
      next.add(path);
    } else if (here.size() == 1 && sharesNoWord(here.get(0))) {
      next.add(path.with(here.get(0)));
    } else {
      for (Match match : here) {
        if (path.hasRoomFor(match)) {
          next.add(path.with(match));
        }
      }
      next.add(path.ended());
    }
  }

  /** Whether no other candidate holds any of the match's words; it is then always chosen. */
  private boolean sharesNoWord(Match match) {
    return isOne(inTest, match.test(), match.testLength())
        && isOne(inReference, match.reference(), match.referenceLength());
  }

  private static boolean isOne(int[] numbers, int start, int length) {
    return Arrays.stream(numbers, start, start + length).allMatch(number -> number == 1);
  }
}
