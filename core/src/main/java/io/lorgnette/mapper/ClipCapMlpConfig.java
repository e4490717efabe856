package io.lorgnette.mapper;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;

/**
 * ClipCap's mapping network of two linear maps (Mokady et al. 2021), described. It was published
 * for a language model that is trained as well.
 *
 * @param inputWidth Di, width of the image's one embedding
 * @param outputWidth Do, width of the language model's embeddings
 * @param prefixLength P, embeddings for each image
 * @param normalized whether the image's embedding is first divided by its length
 */
public record ClipCapMlpConfig(
    int inputWidth, int outputWidth, int prefixLength, boolean normalized) implements MapperConfig {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public ClipCapMlpConfig {
    Checks.positive("inputWidth", inputWidth);
    Checks.positive("outputWidth", outputWidth);
    Checks.positive("prefixLength", prefixLength);
    if ((long) prefixLength * outputWidth < 2) {
      throw new IllegalArgumentException("a prefix of one number leaves no hidden width");
    }
  }

  /** The published length of 10, on embeddings as they are. */
  public static ClipCapMlpConfig between(int inputWidth, int outputWidth) {
    return new ClipCapMlpConfig(inputWidth, outputWidth, 10, false);
  }

  /**
   * ClipCap's names in a whole model, whose language model is passed over; the names may also begin
   * below {@code clip_project.}.
   */
  @Override
  public KeyMap keys() {
    long prefix = (long) prefixLength * outputWidth;
    long hidden = prefix / 2;
    KeyMap map = new KeyMap();
    NamedLayers.linear(map, "in", "clip_project.model.0", hidden, inputWidth, true);
    NamedLayers.linear(map, "out", "clip_project.model.2", prefix, hidden, true);
    return map.optionalPrefix("clip_project.").ignore("gpt\\..*");
  }

  @Override
  public ClipCapMlpMapper create(long seed, Device device) {
    KeyMap keys = keys();
    return of(Parameters.of(Initial.draw(keys, seed, device, Initial.asPyTorch(keys))));
  }

  @Override
  public ClipCapMlpMapper of(Parameters parameters) {
    return new ClipCapMlpMapper(this, parameters);
  }
}
