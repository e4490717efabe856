package io.lorgnette.mapper;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * ClipCap's transformer mapping network (Mokady et al. 2021), described. It was published for a
 * frozen language model.
 *
 * @param inputWidth Di, width of the image's one embedding
 * @param outputWidth Do, width of the language model's embeddings and of the transformer
 * @param prefixLength P, learned constants and embeddings for each image
 * @param tokens C, what the image's embedding becomes in front of the constants
 * @param layers transformer layers
 * @param heads attention heads in each, a divisor of {@code outputWidth}
 * @param normalized whether the image's embedding is first divided by its length
 */
public record ClipCapTransformerConfig(
    int inputWidth,
    int outputWidth,
    int prefixLength,
    int tokens,
    int layers,
    int heads,
    boolean normalized)
    implements MapperConfig {

  private static final int FEED_FORWARD_RATIO = 2;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public ClipCapTransformerConfig {
    Checks.positive("inputWidth", inputWidth);
    Checks.positive("outputWidth", outputWidth);
    Checks.positive("prefixLength", prefixLength);
    Checks.positive("tokens", tokens);
    Checks.layers(layers);
    Checks.heads("outputWidth", outputWidth, heads);
  }

  /**
   * The published sizes (8 layers, 8 heads) on normalised embeddings, as the released model.
   *
   * @param length P and C: 10 in the paper, 40 in the released model
   */
  public static ClipCapTransformerConfig between(int inputWidth, int outputWidth, int length) {
    return new ClipCapTransformerConfig(inputWidth, outputWidth, length, length, 8, 8, true);
  }

  /**
   * ClipCap's names in a whole model, whose language model is passed over; the names may also begin
   * below {@code clip_project.}.
   */
  @Override
  public KeyMap keys() {
    String root = "clip_project.";
    long d = outputWidth;
    KeyMap map = new KeyMap();
    NamedLayers.linear(map, "in", root + "linear", tokens * d, inputWidth, true);
    map.add("constants", root + "prefix_const", prefixLength, d);
    for (int i = 0; i < layers; i++) {
      String own = "layers." + i + ".";
      String stored = root + "transformer.layers." + i + ".";
      NamedLayers.norm(map, own + "norm1", stored + "norm1", d);
      NamedLayers.joined(
          map,
          own + "attention.qkv",
          List.of(stored + "attn.to_queries", stored + "attn.to_keys_values"),
          List.of(d, 2 * d),
          d,
          false);
      NamedLayers.linear(map, own + "attention.out", stored + "attn.project", d, d, true);
      NamedLayers.norm(map, own + "norm2", stored + "norm2", d);
      long hidden = FEED_FORWARD_RATIO * d;
      NamedLayers.linear(map, own + "mlp.up", stored + "mlp.fc1", hidden, d, true);
      NamedLayers.linear(map, own + "mlp.down", stored + "mlp.fc2", d, hidden, true);
    }
    return map.optionalPrefix(root).ignore("gpt\\..*");
  }

  @Override
  public ClipCapTransformerMapper create(long seed, Device device) {
    KeyMap keys = keys();
    return of(Parameters.of(Initial.draw(keys, seed, device, Initial.asPyTorch(keys))));
  }

  @Override
  public ClipCapTransformerMapper of(Parameters parameters) {
    return new ClipCapTransformerMapper(this, parameters);
  }
}
