package io.lorgnette.method;

import io.lorgnette.generate.Generation.Finish;

/**
 * What was said next in a conversation.
 *
 * @param text a caption as a sentence with its full stop; an answer without
 * @param promptTokens of the conversation before it, each embedding of an image being one
 * @param imageTokens how many of them are of images
 * @param tokens generated, the stop token included
 * @param score mean log-probability of a generated token, in nats
 * @param finish why it ended
 * @since 0.1
 */
public record Reply(
    String text, int promptTokens, int imageTokens, int tokens, double score, Finish finish) {

  /** Whether it ended by itself, not at the length limit. */
  public boolean complete() {
    return finish != Finish.LENGTH;
  }
}
