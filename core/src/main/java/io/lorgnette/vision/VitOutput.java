package io.lorgnette.vision;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which activations of a vision transformer are its features.
 *
 * @param layer which block counted from the end, 1 the last
 * @param normed whether they go through the last norm, where the model has one; only the last
 *     block's can
 * @param leading whether class token and registers come before the patches
 * @param pooled whether they are the one vector for the whole image instead
 */
public record VitOutput(int layer, boolean normed, boolean leading, boolean pooled) {

  /** The last hidden state with all its tokens. */
  public static final VitOutput LAST = new VitOutput(1, true, true, false);

  private static final Pattern NAME =
      Pattern.compile("pooled|(?:last|layer-(?<layer>\\d{1,4}))(?<patches>-patches)?");

  public VitOutput {
    Sizes.positive("layer", layer);
    if (normed && layer > 1) {
      throw new IllegalArgumentException("only the last layer is normed, not layer-" + layer);
    }
    if (pooled && (layer > 1 || !normed || !leading)) {
      throw new IllegalArgumentException("pooled features are those of the last hidden state");
    }
  }

  /** The output with a name, if there is one with it among {@code layers} blocks. */
  static Optional<VitOutput> named(String name, int layers) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (name.equals("pooled")) {
      return Optional.of(new VitOutput(1, true, true, true));
    }
    boolean leading = matcher.group("patches") == null;
    if (matcher.group("layer") == null) {
      return Optional.of(new VitOutput(1, true, leading, false));
    }
    int layer = Integer.parseInt(matcher.group("layer"));
    return layer < 1 || layer > layers
        ? Optional.empty()
        : Optional.of(new VitOutput(layer, false, leading, false));
  }

  /**
   * {@code last}, {@code layer-1} for the same without the last norm, {@code layer-2} for the
   * penultimate and so on, each with {@code -patches} where class token and registers are dropped;
   * or {@code pooled}.
   */
  public String name() {
    if (pooled) {
      return "pooled";
    }
    return (normed ? "last" : "layer-" + layer) + (leading ? "" : "-patches");
  }
}
