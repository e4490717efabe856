package io.lorgnette.vision;

import io.lorgnette.nn.Activation;
import java.util.Locale;

/**
 * Sizes of a stack of transformer blocks that have their norms before attention and feed-forward:
 * the towers of CLIP and SigLIP, for images and for texts.
 *
 * @param width D
 * @param layers number of blocks
 * @param heads h
 * @param hidden width of the feed-forward
 * @param activation of the feed-forward
 * @param normEpsilon of layer norms
 */
public record TowerShape(
    int width, int layers, int heads, int hidden, Activation activation, double normEpsilon) {

  public TowerShape {
    Sizes.positive("hidden_size", width);
    Sizes.layers("num_hidden_layers", layers);
    Sizes.positive("num_attention_heads", heads);
    Sizes.positive("intermediate_size", hidden);
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size " + width + " is no multiple of num_attention_heads " + heads);
    }
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("layer_norm_eps must be above 0 but is " + normEpsilon);
    }
  }

  /**
   * A tower whose feed-forward is four times as wide and whose heads are 64 wide, with quick GELU:
   * OpenAI's.
   */
  static TowerShape openAi(int width, int layers) {
    return new TowerShape(width, layers, width / 64, 4 * width, Activation.QUICK_GELU, 1e-5);
  }

  /** A tower of SigLIP: tanh GELU, epsilon 1e-6. */
  static TowerShape siglip(int width, int layers, int heads, int hidden) {
    return new TowerShape(width, layers, heads, hidden, Activation.GELU_TANH, 1e-6);
  }

  /** The same tower with another activation. */
  public TowerShape with(Activation other) {
    return new TowerShape(width, layers, heads, hidden, other, normEpsilon);
  }

  /** The same tower with fewer or more blocks. */
  public TowerShape withLayers(int count) {
    return new TowerShape(width, count, heads, hidden, activation, normEpsilon);
  }

  /**
   * From the keys that Hugging Face gives to one tower; what the file does not say is as in {@code
   * otherwise}.
   *
   * @throws IllegalArgumentException if the sizes describe no tower
   */
  static TowerShape from(ConfigFile file, TowerShape otherwise) {
    Activation activation = otherwise.activation();
    if (file.has("hidden_act")) {
      activation = Activation.named(file.text("hidden_act"));
      if (activation == null) {
        throw file.wrong(
            "hidden_act", "is " + file.text("hidden_act"), "quick_gelu, gelu or gelu_pytorch_tanh");
      }
    }
    return new TowerShape(
        file.integer("hidden_size", otherwise.width()),
        file.integer("num_hidden_layers", otherwise.layers()),
        file.integer("num_attention_heads", otherwise.heads()),
        file.integer("intermediate_size", otherwise.hidden()),
        activation,
        file.number("layer_norm_eps", otherwise.normEpsilon()));
  }

  /** One line for people and identities. */
  String describe() {
    return "width"
        + width
        + " layers"
        + layers
        + " heads"
        + heads
        + " ffn"
        + hidden
        + " "
        + activation.name().toLowerCase(Locale.ROOT)
        + " eps "
        + normEpsilon;
  }
}
