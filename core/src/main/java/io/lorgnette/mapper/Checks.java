package io.lorgnette.mapper;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Precision;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/** What every kind of mapping network demands of its sizes, weights and features. */
final class Checks {

  private static final int MAX_LAYERS = 1000;

  private Checks() {}

  static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but is " + value);
    }
  }

  static void layers(int layers) {
    positive("layers", layers);
    if (layers > MAX_LAYERS) {
      throw new IllegalArgumentException(layers + " layers are more than any model has");
    }
  }

  static void heads(String name, int width, int heads) {
    positive("heads", heads);
    if (width % heads != 0) {
      throw new IllegalArgumentException(name + " " + width + " is no multiple of heads " + heads);
    }
  }

  static void dropout(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("dropout must be from 0 to below 1 but is " + share);
    }
  }

  /** The parameters, if they are those of the configuration. */
  static Parameters parameters(MapperConfig config, Parameters parameters) {
    Set<String> names =
        parameters.names().stream().map(Precision::plainName).collect(Collectors.toSet());
    if (!names.equals(config.keys().shapes().keySet())) {
      throw new IllegalArgumentException("these parameters are not those of " + config);
    }
    return parameters;
  }

  /**
   * Features of any number of tokens in the format and place of a weight: {@code [B, N, Di]}.
   *
   * @throws IllegalArgumentException if they have another shape
   */
  static Tensor features(Tensor features, int width, Tensor weight) {
    return features(features, "tokens", features.dim() == 3 ? features.size(1) : -1, width, weight);
  }

  /** As {@link #features(Tensor, int, Tensor)}, of a given number of tokens. */
  static Tensor features(Tensor features, int tokens, int width, Tensor weight) {
    return features(features, Integer.toString(tokens), tokens, width, weight);
  }

  private static Tensor features(
      Tensor features, String described, long tokens, int width, Tensor weight) {
    if (features.dim() != 3 || features.size(1) != tokens || features.size(2) != width) {
      throw new IllegalArgumentException(
          "the mapper takes features [images, "
              + described
              + ", "
              + width
              + "] but got "
              + Tensors.describe(features));
    }
    return Tensors.to(features, Tensors.dtype(weight), Tensors.device(weight));
  }
}
