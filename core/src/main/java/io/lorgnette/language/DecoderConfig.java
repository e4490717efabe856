package io.lorgnette.language;

import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Rotary;
import io.lorgnette.weights.KeyMap;
import java.util.Collections;
import java.util.List;

/**
 * A decoder-only transformer, described. Every field stands for itself: what a family is, is told
 * by its values alone, and the one forward pass asks for nothing else.
 *
 * @param family whose key names and configuration file it has
 * @param vocabulary V, rows of the embedding
 * @param width D, of word embeddings and of what the scores are computed from
 * @param inner W, of the layers; where it is not D, projections lead in and out (OPT-350M)
 * @param positions tokens at most
 * @param order of norms and sums in a layer
 * @param windows for each layer, positions that a token sees back, itself included; 0 for all
 * @param rotary or null for learned positions
 * @param firstPosition row of the learned table that the first token takes
 * @param tied whether the output matrix is the embedding
 * @param headBias whether scores have a bias
 */
public record DecoderConfig(
    Family family,
    int vocabulary,
    int width,
    int inner,
    int layers,
    int positions,
    Order order,
    Norm norm,
    Heads attention,
    FeedForward feedForward,
    List<Integer> windows,
    Rotary.Form rotary,
    int firstPosition,
    boolean tied,
    boolean headBias) {

  /** More entries than any rotary table needs: a million positions of heads of 256. */
  private static final long MAX_TABLE = 1L << 28;

  static final int MAX_LAYERS = 1000;

  /** The families of released checkpoints. */
  public enum Family {
    /** Radford et al. 2019. */
    GPT2,
    /** Black et al. 2021. */
    GPT_NEO,
    /** Wang and Komatsuzaki 2021. */
    GPT_J,
    /** Zhang et al. 2022. */
    OPT,
    /** Touvron et al. 2023; also Vicuna, TinyLlama, SmolLM. */
    LLAMA,
    /** Jiang et al. 2023. */
    MISTRAL,
    /** Yang et al. 2024; also Qwen2.5. */
    QWEN2,
    /** Yang et al. 2025, the dense models. */
    QWEN3
  }

  /** Where norms and sums stand in a layer. */
  public enum Order {
    /** Each part gets the norm of the stream and adds to it. */
    NORM_FIRST,
    /** The norm follows each sum (Vaswani et al. 2017). */
    NORM_LAST,
    /** Attention and feed-forward get the same norm of the stream, and both add to it. */
    PARALLEL
  }

  /**
   * Norms.
   *
   * @param rootMeanSquare else layer norm
   * @param epsilon added to the variance
   * @param last whether there is one behind the last layer
   */
  public record Norm(boolean rootMeanSquare, double epsilon, boolean last) {}

  /**
   * Attention.
   *
   * @param keyed heads of keys and values, a divisor of {@code count}
   * @param width d, of each
   * @param scaled whether scores are divided by the root of d
   * @param wide whether scores are computed in F32 whatever the model's format
   * @param normed whether queries and keys pass an RMS norm, each head by itself
   * @param inputBias of the query, key and value projections
   * @param outputBias of the output projection
   */
  public record Heads(
      int count,
      int keyed,
      int width,
      boolean scaled,
      boolean wide,
      boolean normed,
      boolean inputBias,
      boolean outputBias) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming what does not fit
     */
    public Heads {
      positive("heads", count);
      positive("key and value heads", keyed);
      positive("the width of heads", width);
      if (count % keyed != 0) {
        throw new IllegalArgumentException(
            count + " heads can not share " + keyed + " key and value heads");
      }
    }

    double scale() {
      return scaled ? 1 / Math.sqrt(width) : 1;
    }
  }

  /**
   * The feed-forward of a layer.
   *
   * @param hidden F, its width
   * @param gated whether the activation of one half of 2 F values multiplies the other half
   */
  public record FeedForward(int hidden, Activation activation, boolean gated, boolean bias) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the width is not positive
     */
    public FeedForward {
      positive("the feed-forward's width", hidden);
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public DecoderConfig {
    windows = List.copyOf(windows);
    positive("vocabulary", vocabulary);
    positive("width", width);
    positive("inner", inner);
    positive("layers", layers);
    positive("positions", positions);
    if (layers > MAX_LAYERS) {
      throw new IllegalArgumentException(layers + " layers are more than any model has");
    }
    if (windows.size() != layers || windows.stream().anyMatch(window -> window < 0)) {
      throw new IllegalArgumentException(
          "windows must hold a number of positions, or 0, for each of " + layers + " layers");
    }
    if (firstPosition < 0) {
      throw new IllegalArgumentException("firstPosition must not be below 0");
    }
    if (rotary != null) {
      rotary.check(attention.width());
      if ((long) positions * attention.width() > MAX_TABLE) {
        throw new IllegalArgumentException(positions + " positions are too many for rotary tables");
      }
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
    int headWidth = width / heads;
    return new DecoderConfig(
        Family.LLAMA,
        vocabulary,
        width,
        width,
        layers,
        positions,
        Order.NORM_FIRST,
        new Norm(true, 1e-5, true),
        new Heads(heads, heads, headWidth, true, false, false, false, false),
        new FeedForward(hidden, Activation.SILU, true, false),
        Collections.nCopies(layers, 0),
        Rotary.Form.halves(headWidth, 10_000, null),
        0,
        true,
        false);
  }

  /** The same model with more words. */
  DecoderConfig withMoreWords(int more) {
    return new DecoderConfig(
        family,
        vocabulary + more,
        width,
        inner,
        layers,
        positions,
        order,
        norm,
        attention,
        feedForward,
        windows,
        rotary,
        firstPosition,
        tied,
        headBias);
  }

  /** Heads of queries. */
  public int heads() {
    return attention.count();
  }

  /** Heads of keys and values. */
  public int kvHeads() {
    return attention.keyed();
  }

  /** d. */
  public int headWidth() {
    return attention.width();
  }

  /** F, of the feed-forward. */
  public int hidden() {
    return feedForward.hidden();
  }

  /** Whether projections lead from D to W and back. */
  boolean projected() {
    return inner != width;
  }

  /** The map to the family's Hugging Face key names. */
  public KeyMap keys() {
    KeyMap keys = familyKeys();
    return tied() ? keys.output("embed.weight", true) : keys.output("head.weight", false);
  }

  private KeyMap familyKeys() {
    return switch (family) {
      case GPT2 -> Gpt2Keys.of(this);
      case GPT_NEO -> GptNeoKeys.of(this);
      case GPT_J -> GptJKeys.of(this);
      case OPT -> OptKeys.of(this);
      case LLAMA, MISTRAL, QWEN2, QWEN3 -> LlamaKeys.of(this);
    };
  }

  /** Parameters, the output matrix counted once when tied. */
  public long parameterCount() {
    return keys().parameterCount();
  }
}
