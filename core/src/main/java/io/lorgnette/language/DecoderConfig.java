package io.lorgnette.language;

import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Rotary;
import io.lorgnette.weights.KeyMap;

/**
 * A decoder-only transformer, described.
 *
 * @param family whose key names and configuration file it has
 * @param vocabulary V, rows of the embedding
 * @param width D
 * @param hidden width of the feed-forward
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param positions tokens at most
 * @param normEpsilon added to the variance
 * @param rotaryTheta base of the rotary frequencies; 0 for learned positions
 * @param rotaryScaling or null
 * @param window positions that a token sees back, itself included; 0 for all
 * @param qkvBias whether the query, key and value projections have biases
 * @param tied whether the output matrix is the embedding
 */
public record DecoderConfig(
    Family family,
    int vocabulary,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int headWidth,
    int hidden,
    int positions,
    double normEpsilon,
    Activation activation,
    double rotaryTheta,
    Rotary.Llama3Scaling rotaryScaling,
    int window,
    boolean qkvBias,
    boolean tied) {

  /** The families and what is fixed in each. */
  public enum Family {
    /** Radford et al. 2019: layer norm, learned positions, plain feed-forward, biases. */
    GPT2,
    /** Touvron et al. 2023, and Mistral, Qwen2: RMS norm, rotary positions, gated feed-forward. */
    LLAMA,
    MISTRAL,
    QWEN2;

    boolean gated() {
      return this != GPT2;
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public DecoderConfig {
    positive("vocabulary", vocabulary);
    positive("width", width);
    positive("layers", layers);
    positive("heads", heads);
    positive("kvHeads", kvHeads);
    positive("headWidth", headWidth);
    positive("hidden", hidden);
    positive("positions", positions);
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(heads + " heads can not share " + kvHeads + " kvHeads");
    }
    if (rotaryTheta > 0 && headWidth % 2 != 0) {
      throw new IllegalArgumentException("rotary positions need an even headWidth");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but is " + value);
    }
  }

  /** A LLaMA with tied embeddings and as many key heads as heads; for models trained here. */
  public static DecoderConfig smallLlama(
      int vocabulary, int width, int layers, int heads, int hidden, int positions) {
    return new DecoderConfig(
        Family.LLAMA,
        vocabulary,
        width,
        layers,
        heads,
        heads,
        width / heads,
        hidden,
        positions,
        1e-5,
        Activation.SILU,
        10_000,
        null,
        0,
        false,
        true);
  }

  boolean learnedPositions() {
    return rotaryTheta == 0;
  }

  /** The map to the family's Hugging Face key names. */
  public KeyMap keys() {
    return family == Family.GPT2 ? Gpt2Keys.of(this) : LlamaKeys.of(this);
  }

  /** Parameters, the output matrix counted once when tied. */
  public long parameterCount() {
    return keys().parameterCount();
  }
}
