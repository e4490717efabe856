package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which activations of a transformer over patches are its features.
 *
 * @param kind the last hidden state, that of an inner block, or the vector of the whole image
 * @param layer which block counted from the end, 1 the last; 1 unless the kind is {@link
 *     Kind#LAYER}
 * @param classToken whether the class token, where the encoder has one, is the first of the
 *     features
 */
public record TowerOutput(Kind kind, int layer, boolean classToken) {

  /** What the features are. */
  public enum Kind {
    LAST,
    LAYER,
    EMBEDDING
  }

  /** The last hidden state with all its tokens. */
  public static final TowerOutput ALL = new TowerOutput(Kind.LAST, 1, true);

  private static final Pattern NAME =
      Pattern.compile("embedding|(?:last|layer-(?<layer>\\d{1,4}))(?<patches>-patches)?");

  public TowerOutput {
    if (layer < 1 || (layer > 1 && kind != Kind.LAYER)) {
      throw new IllegalArgumentException("no output is " + kind + " of layer " + layer);
    }
  }

  /** The output with a name, if there is one with it among {@code layers} blocks. */
  static Optional<TowerOutput> named(String name, int layers) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (name.equals("embedding")) {
      return Optional.of(new TowerOutput(Kind.EMBEDDING, 1, true));
    }
    boolean classToken = matcher.group("patches") == null;
    if (matcher.group("layer") == null) {
      return Optional.of(new TowerOutput(Kind.LAST, 1, classToken));
    }
    int layer = Integer.parseInt(matcher.group("layer"));
    return layer < 1 || layer > layers
        ? Optional.empty()
        : Optional.of(new TowerOutput(Kind.LAYER, layer, classToken));
  }

  /** Says which names there are. */
  static InputException unknown(String encoder, String name, String choices) {
    return new InputException(encoder + " has no output '" + name + "'; choose " + choices);
  }

  /**
   * {@code last}, {@code layer-2} for the penultimate and so on, or {@code embedding}; {@code
   * -patches} is added where the class token is dropped.
   */
  public String name() {
    return switch (kind) {
          case LAST -> "last";
          case LAYER -> "layer-" + layer;
          case EMBEDDING -> "embedding";
        }
        + (classToken ? "" : "-patches");
  }
}
