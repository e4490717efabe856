package io.lorgnette.generate;

import java.util.Arrays;

/**
 * Changes of scores that depend on the tokens so far: repetition penalty (Keskar et al. 2019), no
 * repeated n-grams, no end before a minimal length, forced first and last tokens; in the order of
 * Hugging Face. Belongs to one generation, for it reuses its memory.
 */
final class Penalties {

  private final double repetition;
  private final int ngram;
  private final int minimum;
  private final int[] eos;
  private final int last; // tokens generated before the last that is allowed
  private final int[] forcedBos;
  private final int[] forcedEos;
  private final float[] scores; // [V]
  private final int[] seen; // [V], the last use in which a token was already penalised
  private int use;

  Penalties(GenerationConfig config, int vocabulary) {
    repetition = config.repetitionPenalty();
    ngram = config.noRepeatNgram();
    minimum = config.minNewTokens();
    eos = config.eos().stream().mapToInt(Integer::intValue).sorted().toArray();
    last = config.maxNewTokens() - 1;
    forcedBos = config.forced().bos().stream().toArray();
    forcedEos = config.forced().eos().stream().mapToInt(Integer::intValue).toArray();
    scores = new float[vocabulary];
    seen = new int[vocabulary];
  }

  /**
   * Whether anything changes.
   *
   * @param length of the history
   * @param generated how many of them are new
   */
  boolean active(int length, int generated) {
    return repetition != 1
        || ngram > 0
        || (generated < minimum && eos.length > 0)
        || (length == 1 && forcedBos.length > 0)
        || (generated == last && forcedEos.length > 0);
  }

  /**
   * The scores of one sequence after the changes.
   *
   * @param logits one row of V values begins at {@code offset}; left as it is
   * @param shift what a score of 0 is here, as the reference's rules see it: the logarithm of the
   *     sum of exponentials where they are to act on log-probabilities, else 0
   * @param history tokens so far
   * @param length of the history
   * @param generated how many of them are new
   * @return {@code [V]}, valid until the next call
   */
  float[] apply(float[] logits, int offset, float shift, int[] history, int length, int generated) {
    System.arraycopy(logits, offset, scores, 0, scores.length);
    if (repetition != 1) {
      use++;
      for (int i = 0; i < length; i++) {
        penalise(history[i], shift);
      }
    }
    if (ngram > 0) {
      forbidRepeats(history, length);
    }
    if (generated < minimum) {
      for (int id : eos) {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
    if (length == 1) {
      force(forcedBos, shift);
    }
    if (generated == last) {
      force(forcedEos, shift);
    }
    return scores;
  }

  private void force(int[] ids, float shift) {
    if (ids.length > 0) {
      Arrays.fill(scores, Float.NEGATIVE_INFINITY);
      for (int id : ids) {
        scores[id] = shift;
      }
    }
  }

  /** For when the rules leave no token to choose. */
  static IllegalStateException nothingAllowed() {
    return new IllegalStateException(
        "noRepeatNgram and minNewTokens forbid every token; relax one of them");
  }

  private void penalise(int id, float shift) {
    if (seen[id] == use) {
      return;
    }
    seen[id] = use;
    double score = scores[id] - shift;
    scores[id] = (float) (score < 0 ? score * repetition : score / repetition) + shift;
  }

  private void forbidRepeats(int[] history, int length) {
    int known = ngram - 1; // the last tokens, which would begin the n-gram
    for (int start = 0; start + known < length; start++) {
      int same = 0;
      while (same < known && history[start + same] == history[length - known + same]) {
        same++;
      }
      if (same == known) {
        scores[history[start + known]] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
