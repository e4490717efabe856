package io.lorgnette.mapper;

import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;

/**
 * Flamingo's Perceiver resampler (Alayrac et al. 2022), described. What comes out is as wide as
 * what goes in: layers inside the language model look at it.
 *
 * @param inputWidth Di, width of the features, and Do
 * @param latents P, learned vectors, each of which becomes one output
 * @param layers how many
 * @param heads h
 * @param headWidth width of each head
 * @param hidden width of the feed-forward
 * @param activation of the feed-forward
 */
public record PerceiverConfig(
    int inputWidth,
    int latents,
    int layers,
    int heads,
    int headWidth,
    int hidden,
    Activation activation)
    implements MapperConfig {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public PerceiverConfig {
    Checks.positive("inputWidth", inputWidth);
    Checks.positive("latents", latents);
    Checks.layers(layers);
    Checks.positive("heads", heads);
    Checks.positive("headWidth", headWidth);
    Checks.positive("hidden", hidden);
  }

  /** OpenFlamingo's sizes for an encoder's width: 64 latents, 6 layers of 8 heads, GELU. */
  public static PerceiverConfig openFlamingo(int inputWidth) {
    return new PerceiverConfig(inputWidth, 64, 6, 8, 64, 4 * inputWidth, Activation.GELU);
  }

  /** Flamingo-3B's sizes for an encoder's width: as OpenFlamingo's, 16 heads, squared ReLU. */
  public static PerceiverConfig flamingo(int inputWidth) {
    return new PerceiverConfig(inputWidth, 64, 6, 16, 128, 4 * inputWidth, Activation.SQUARED_RELU);
  }

  @Override
  public int outputWidth() {
    return inputWidth;
  }

  @Override
  public int prefixLength() {
    return latents;
  }

  /** Width of all heads. */
  long inner() {
    return (long) heads * headWidth;
  }

  /** OpenFlamingo's names; what belongs to the language model is passed over. */
  @Override
  public KeyMap keys() {
    long d = inputWidth;
    KeyMap map = new KeyMap();
    map.add("latents", "perceiver.latents", latents, d);
    for (int i = 0; i < layers; i++) {
      String own = "layers." + i + ".";
      String attention = "perceiver.layers." + i + ".0.";
      String feedForward = "perceiver.layers." + i + ".1.";
      NamedLayers.norm(map, own + "media_norm", attention + "norm_media", d);
      NamedLayers.norm(map, own + "latent_norm", attention + "norm_latents", d);
      NamedLayers.linear(map, own + "query", attention + "to_q", inner(), d, false);
      NamedLayers.linear(map, own + "key_value", attention + "to_kv", 2 * inner(), d, false);
      NamedLayers.linear(map, own + "out", attention + "to_out", d, inner(), false);
      NamedLayers.norm(map, own + "mlp.norm", feedForward + "0", d);
      NamedLayers.linear(map, own + "mlp.up", feedForward + "1", hidden, d, false);
      NamedLayers.linear(map, own + "mlp.down", feedForward + "3", d, hidden, false);
    }
    NamedLayers.norm(map, "norm", "perceiver.norm", d);
    return map.ignore("lang_encoder\\..*");
  }

  @Override
  public PerceiverMapper create(long seed, Device device) {
    KeyMap keys = keys();
    return of(Parameters.of(Initial.draw(keys, seed, device, Initial.asPyTorch(keys))));
  }

  @Override
  public PerceiverMapper of(Parameters parameters) {
    return new PerceiverMapper(this, parameters);
  }
}
