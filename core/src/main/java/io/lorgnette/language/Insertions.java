package io.lorgnette.language;

import org.bytedeco.pytorch.Tensor;

/**
 * What a method puts between the parts of a frozen language model: adapters behind or beside
 * attention and feed-forward (MAGMA), cross-attention before a layer (Flamingo), low-rank updates
 * of its projections (LoRA). Given to {@link LanguageModel#with(Insertions)}; the model itself
 * stays as it is.
 *
 * <p>Legend: B rows, T new tokens, W the width of the layers. Outputs have the shape and format of
 * what they replace; gradients flow through. Without a change in between, a method returns what it
 * got.
 */
public interface Insertions {

  /** Nothing. */
  Insertions NONE = new Insertions() {};

  /**
   * Which rows and tokens are run.
   *
   * @param past tokens of each row in the cache
   * @param origins for each row, the sequence of the cache's first pass that it goes on from; null
   *     where the rows are those sequences
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  record Pass(long past, long[] origins) {}

  /**
   * Says whether these fit a model.
   *
   * @throws IllegalArgumentException if they do not
   */
  default void check(DecoderConfig config) {}

  /** What reaches a layer instead of {@code x}, {@code [B, T, W]}. */
  default Tensor before(int layer, Tensor x, Pass pass) {
    return x;
  }

  /**
   * What a layer's queries, keys and values are instead of {@code output}, before heads and
   * rotation.
   *
   * @param input of the attention, behind the norm that stands before it, {@code [B, T, W]}
   * @param output queries, keys and values side by side, {@code [B, T, (h + 2 hkv) d]}
   */
  default Tensor projections(int layer, Tensor input, Tensor output) {
    return output;
  }

  /**
   * What a layer's attention gives instead of {@code output}.
   *
   * @param input of the attention, behind the norm that stands before it, {@code [B, T, W]}
   * @param output {@code [B, T, W]}, not yet added to the stream
   */
  default Tensor attention(int layer, Tensor input, Tensor output) {
    return output;
  }

  /** As {@link #attention}, for a layer's feed-forward. */
  default Tensor feedForward(int layer, Tensor input, Tensor output) {
    return output;
  }
}
