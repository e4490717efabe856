package io.lorgnette.method;

import io.lorgnette.language.LanguageModel;

/**
 * What a method has to know of a frozen language model.
 *
 * @param name for people, e.g. {@code EleutherAI/gpt-j-6b}
 * @param identity hash of the weights, see {@link LanguageModel#identity}
 * @param width D, of its word embeddings
 * @param parameters an output matrix that is the embedding counted once
 */
public record LanguageSpec(String name, String identity, int width, long parameters) {

  /** Describes a loaded model. */
  public static LanguageSpec of(String name, LanguageModel lm) {
    return new LanguageSpec(name, lm.identity(), lm.config().width(), lm.config().parameterCount());
  }
}
