package io.lorgnette.mapper;

import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;

/**
 * Each visual token mapped by itself, described: linear maps with an activation between them, as
 * LLaVA's projector (Liu et al. 2023); with one linear map its first one.
 *
 * @param inputWidth Di, width of the features
 * @param outputWidth Do, width of the language model's embeddings
 * @param prefixLength P = N, visual tokens of an image
 * @param depth linear maps
 * @param activation between them
 * @param bias whether they have biases
 */
public record MlpConfig(
    int inputWidth,
    int outputWidth,
    int prefixLength,
    int depth,
    Activation activation,
    boolean bias)
    implements MapperConfig {

  private static final int MAX_DEPTH = 100;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public MlpConfig {
    Checks.positive("inputWidth", inputWidth);
    Checks.positive("outputWidth", outputWidth);
    Checks.positive("prefixLength", prefixLength);
    Checks.positive("depth", depth);
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(depth + " linear maps are more than any projector has");
    }
  }

  /** LLaVA-1.5's projector: two linear maps with a GELU between them. */
  public static MlpConfig llava(int inputWidth, int outputWidth, int tokens) {
    return new MlpConfig(inputWidth, outputWidth, tokens, 2, Activation.GELU, true);
  }

  /**
   * Hugging Face's names in a whole LLaVA. The other parts of the model are passed over, in the
   * names of any version.
   */
  @Override
  public KeyMap keys() {
    KeyMap keys = new KeyMap();
    for (int i = 0; i < depth; i++) {
      linear(keys, i, "multi_modal_projector.linear_" + (i + 1));
    }
    return keys.ignore("(vision_tower|language_model)\\..*");
  }

  /** LLaVA's names in the file of a projector alone. */
  public KeyMap llavaKeys() {
    KeyMap keys = new KeyMap();
    for (int i = 0; i < depth; i++) {
      // Activations count as members of the list of modules; one linear map alone is no list.
      linear(keys, i, "model.mm_projector" + (depth == 1 ? "" : "." + 2 * i));
    }
    return keys.optionalPrefix("model.");
  }

  private void linear(KeyMap keys, int i, String stored) {
    int in = i == 0 ? inputWidth : outputWidth;
    NamedLayers.linear(keys, Integer.toString(i), stored, outputWidth, in, bias);
  }

  /** Uniform within {@code 1 / sqrt(fan in)}, as the published code starts. */
  @Override
  public MlpMapper create(long seed, Device device) {
    KeyMap keys = keys();
    return of(Parameters.of(Initial.draw(keys, seed, device, Initial.asPyTorch(keys))));
  }

  @Override
  public MlpMapper of(Parameters parameters) {
    return new MlpMapper(this, parameters);
  }
}
