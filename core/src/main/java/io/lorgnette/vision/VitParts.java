package io.lorgnette.vision;

import io.lorgnette.nn.Activation;
import java.util.Locale;

/**
 * What distinguishes one kind of vision transformer from another.
 *
 * @param activation of the feed-forward
 * @param gated whether the feed-forward is gated
 * @param qkvBias which of queries, keys and values have biases
 * @param layerScale whether the outputs of attention and feed-forward are scaled by channel
 * @param positions whether there are learned absolute positions
 * @param relative which layers add a learned bias for the distance of two patches
 * @param registers tokens beside class token and patches, which have no position
 * @param maskToken whether the checkpoint has the token that stood for hidden patches in training
 * @param finalNorm whether the last hidden state is normed
 * @param pooledNorm whether the pooled features are the normed mean of the patches, not the class
 *     token
 */
public record VitParts(
    Activation activation,
    boolean gated,
    QkvBias qkvBias,
    boolean layerScale,
    boolean positions,
    Relative relative,
    int registers,
    boolean maskToken,
    boolean finalNorm,
    boolean pooledNorm) {

  /** Biases of the maps to queries, keys and values. */
  public enum QkvBias {
    ALL,
    /** The keys have none: it would not change what the attention weights are. */
    NOT_KEYS,
    NONE
  }

  /** Who has a table of biases for distances. */
  public enum Relative {
    NONE,
    EVERY_LAYER,
    SHARED,
    BOTH;

    boolean everyLayer() {
      return this == EVERY_LAYER || this == BOTH;
    }

    boolean shared() {
      return this == SHARED || this == BOTH;
    }
  }

  public VitParts {
    Sizes.notNegative("number of register tokens", registers);
  }

  /** One line for people and identities. */
  String describe() {
    StringBuilder text = new StringBuilder(lower(activation));
    text.append(gated ? " gated" : "");
    text.append(" qkv-bias ").append(lower(qkvBias));
    text.append(layerScale ? " layer-scale" : "");
    text.append(positions ? " positions" : "");
    text.append(relative == Relative.NONE ? "" : " relative " + lower(relative));
    text.append(registers == 0 ? "" : " registers" + registers);
    text.append(finalNorm ? " final-norm" : "");
    return text.toString();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
