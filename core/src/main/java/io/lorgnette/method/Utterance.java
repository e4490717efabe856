package io.lorgnette.method;

import io.lorgnette.generate.Generation;

/**
 * What was said about an image.
 *
 * @param text a caption as a sentence with its full stop; an answer without
 * @param score mean log-probability of a token, in nats
 * @param tokens generated, the stop token included
 * @param complete whether it ended by itself, not at the length limit
 * @since 0.1
 */
public record Utterance(String text, double score, int tokens, boolean complete) {

  /** A caption as it was generated. */
  public static Utterance caption(Generation generation) {
    return of(generation, generation.text().orElseThrow().strip());
  }

  /** An answer as it was generated, without its last full stop. */
  public static Utterance answer(Generation generation) {
    return caption(generation).withoutStop();
  }

  /** A sentence, behind those before it if there are any. */
  static Utterance then(Utterance before, Generation generation) {
    Utterance next = caption(generation);
    if (before == null) {
      return next;
    }
    int tokens = before.tokens + next.tokens;
    double sum = before.score * before.tokens + next.score * next.tokens;
    return new Utterance(
        before.text + " " + next.text, sum / tokens, tokens, before.complete && next.complete);
  }

  /** As an answer: MAPL takes the text up to the stop token, so the last one is not part of it. */
  Utterance withoutStop() {
    boolean stopped = complete && text.endsWith(".");
    String answer = stopped ? text.substring(0, text.length() - 1).strip() : text;
    return new Utterance(answer, score, tokens, complete);
  }

  private static Utterance of(Generation generation, String text) {
    return new Utterance(
        text,
        generation.logProbabilityPerToken(),
        generation.ids().length,
        generation.finish() != Generation.Finish.LENGTH);
  }
}
