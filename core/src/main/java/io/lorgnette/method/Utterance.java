package io.lorgnette.method;

import io.lorgnette.generate.Generation;

/**
 * What was said about an image.
 *
 * @param text a caption as a sentence with its full stop; an answer without
 * @param score mean log-probability of a token, in nats
 * @param tokens generated, the stop token included
 * @param complete whether it ended by itself, not at the length limit
 */
public record Utterance(String text, double score, int tokens, boolean complete) {

  static Utterance caption(Generation generation) {
    return of(generation, generation.text().orElseThrow().strip());
  }

  /** MAPL takes the text up to the stop token. */
  static Utterance answer(Generation generation) {
    String text = generation.text().orElseThrow().strip();
    boolean stopped = generation.finish() == Generation.Finish.EOS && text.endsWith(".");
    return of(generation, stopped ? text.substring(0, text.length() - 1).strip() : text);
  }

  private static Utterance of(Generation generation, String text) {
    return new Utterance(
        text,
        generation.logProbabilityPerToken(),
        generation.ids().length,
        generation.finish() != Generation.Finish.LENGTH);
  }
}
