package io.lorgnette.language;

import io.lorgnette.nn.Activation;
import io.lorgnette.weights.KeyMap;

/**
 * An encoder-decoder transformer, described.
 *
 * @param family whose key names and configuration file it has
 * @param vocabulary V, rows of the embedding
 * @param width D
 * @param positions tokens at most of the encoder and of the decoder, where they are learned; 0
 *     where they are relative
 * @param normEpsilon added to the variance
 * @param gated whether the feed-forward multiplies by a gate
 * @param buckets of relative distances that have a bias of their own; 0 for learned positions
 * @param maxDistance from which on all distances share a bucket
 * @param scaledEmbedding whether word embeddings are multiplied by the square root of the width
 * @param scaledOutput whether hidden states are divided by the square root of the width before the
 *     output matrix
 * @param tied whether the output matrix is the embedding
 * @param start token with which the decoder begins
 * @param pad token of the decoder's input where no label is
 */
public record EncoderDecoderConfig(
    Family family,
    int vocabulary,
    int width,
    Stack encoder,
    Stack decoder,
    int positions,
    double normEpsilon,
    Activation activation,
    boolean gated,
    int buckets,
    int maxDistance,
    boolean scaledEmbedding,
    boolean scaledOutput,
    boolean tied,
    int start,
    int pad) {

  /** The families and what is fixed in each. */
  public enum Family {
    /**
     * Raffel et al. 2020, and FlanT5: RMS norm before each sub-layer and at the end, no biases,
     * relative positions learned by the first layer and used by all, attention without scaling.
     */
    T5,
    /**
     * Lewis et al. 2020: layer norm behind each sub-layer and on the embeddings, biases, learned
     * positions of which the first two rows are not used, a constant added to the scores.
     */
    BART
  }

  /**
   * The layers of one side.
   *
   * @param hidden width of the feed-forward
   */
  public record Stack(int layers, int heads, int headWidth, int hidden) {
    public Stack {
      positive("layers", layers);
      positive("heads", heads);
      positive("headWidth", headWidth);
      positive("hidden", hidden);
    }

    /** Width of all queries of a token. */
    long inner() {
      return (long) heads * headWidth;
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public EncoderDecoderConfig {
    positive("vocabulary", vocabulary);
    positive("width", width);
    if (family == Family.T5) {
      // Half of the buckets for each direction, half of those for single distances.
      if (buckets < 4 || buckets % 4 != 0) {
        throw new IllegalArgumentException("buckets must be a multiple of 4 but is " + buckets);
      }
      if (maxDistance <= buckets / 2) {
        throw new IllegalArgumentException(
            "maxDistance " + maxDistance + " must be above half of the " + buckets + " buckets");
      }
    } else {
      positive("positions", positions);
      if (encoder.inner() != width || decoder.inner() != width) {
        throw new IllegalArgumentException("the heads do not divide the width " + width);
      }
    }
    token("start", start, vocabulary);
    token("pad", pad, vocabulary);
  }

  /**
   * A BART with tied embeddings, all of whose heads have the same width; for models trained here.
   *
   * @param encoderLayers of the encoder
   * @param decoderLayers of the decoder
   * @param hidden width of the feed-forward
   * @param start token with which the decoder begins
   * @param pad token of the padding
   */
  public static EncoderDecoderConfig smallBart(
      int vocabulary,
      int width,
      int encoderLayers,
      int decoderLayers,
      int heads,
      int hidden,
      int positions,
      int start,
      int pad) {
    int headWidth = width / heads;
    return new EncoderDecoderConfig(
        Family.BART,
        vocabulary,
        width,
        new Stack(encoderLayers, heads, headWidth, hidden),
        new Stack(decoderLayers, heads, headWidth, hidden),
        positions,
        1e-5,
        Activation.GELU,
        false,
        0,
        0,
        false,
        false,
        true,
        start,
        pad);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but is " + value);
    }
  }

  private static void token(String name, int id, int vocabulary) {
    if (id < 0 || id >= vocabulary) {
      throw new IllegalArgumentException(
          "the " + name + " token " + id + " is outside the vocabulary of " + vocabulary);
    }
  }

  /** The same with an output matrix of its own. */
  EncoderDecoderConfig untied() {
    return new EncoderDecoderConfig(
        family,
        vocabulary,
        width,
        encoder,
        decoder,
        positions,
        normEpsilon,
        activation,
        gated,
        buckets,
        maxDistance,
        scaledEmbedding,
        scaledOutput,
        false,
        start,
        pad);
  }

  /** The map to the family's Hugging Face key names. */
  public KeyMap keys() {
    return withOutput(family == Family.T5 ? T5Keys.of(this) : BartKeys.of(this, "model."));
  }

  /** Says which matrix the scores are computed with. */
  KeyMap withOutput(KeyMap keys) {
    return tied() ? keys.output("embed.weight", true) : keys.output("head.weight", false);
  }

  /** Parameters, the output matrix counted once when tied. */
  public long parameterCount() {
    return keys().parameterCount();
  }
}
