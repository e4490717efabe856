package io.lorgnette.vision;

/**
 * Sizes of a vision transformer.
 *
 * @param patch side of a patch, pixels
 * @param width Di
 * @param layers number of blocks
 * @param heads h
 * @param hidden width of the feed-forward
 * @param normEpsilon of layer norms
 */
public record VitSizes(
    int patch, int width, int layers, int heads, int hidden, double normEpsilon) {

  private static final int MOST_LAYERS = 1000; // of any published model: 48

  public VitSizes {
    Sizes.positive("patch size", patch);
    Sizes.positive("width", width);
    Sizes.positive("number of layers", layers);
    Sizes.positive("number of heads", heads);
    Sizes.positive("width of the feed-forward", hidden);
    if (layers > MOST_LAYERS) {
      throw new IllegalArgumentException(
          "number of layers must be at most " + MOST_LAYERS + " but is " + layers);
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width " + width + " is no multiple of the number of heads " + heads);
    }
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("norm epsilon must be above 0 but is " + normEpsilon);
    }
  }

  /** One line for people and identities. */
  String describe() {
    return "patch"
        + patch
        + " width"
        + width
        + " layers"
        + layers
        + " heads"
        + heads
        + " ffn"
        + hidden
        + " eps "
        + normEpsilon;
  }
}
