package io.lorgnette.generate;

/**
 * Changes of scores that depend on the tokens so far: repetition penalty (Keskar et al. 2019), no
 * repeated n-grams, no end before a minimal length. Belongs to one generation, for it reuses its
 * memory.
 */
final class Penalties {

  private final double repetition;
  private final int ngram;
  private final int minimum;
  private final int[] eos;
  private final float[] scores; // [V]
  private final int[] seen; // [V], the last use in which a token was already penalised
  private int use;

  Penalties(GenerationConfig config, int vocabulary) {
    repetition = config.repetitionPenalty();
    ngram = config.noRepeatNgram();
    minimum = config.minNewTokens();
    eos = config.eos().stream().mapToInt(Integer::intValue).sorted().toArray();
    scores = new float[vocabulary];
    seen = new int[vocabulary];
  }

  /** Whether anything changes when so many tokens have been generated. */
  boolean active(int generated) {
    return repetition != 1 || ngram > 0 || (generated < minimum && eos.length > 0);
  }

  /**
   * The scores of one sequence after the changes.
   *
   * @param logits one row of V values begins at {@code offset}; left as it is
   * @param shift subtracted before the repetition penalty and added again: the logarithm of the sum
   *     of exponentials where the penalty is to act on log-probabilities, else 0
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
    return scores;
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
