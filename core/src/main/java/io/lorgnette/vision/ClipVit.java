package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.util.Map;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The vision transformer of CLIP (Radford et al. 2021): patches and a class token, learned
 * positions, a norm, then blocks of attention and feed-forward with norms before them.
 *
 * <p>The features are the last hidden state, as MAPL has it: with the class token, without the last
 * norm; or the choice that {@link ClipVitConfig#withOutput} makes. Compared with Hugging Face's
 * {@code CLIPVisionModel} and {@code CLIPVisionModelWithProjection} stage by stage, whose names the
 * stages have.
 *
 * <p>Legend: B batch, S image size, P patches, T = P + 1 tokens with the class token, Di width, h
 * heads, d head width, F width of the feed-forward, J joint space.
 */
public final class ClipVit implements VisionEncoder {

  private final ClipVitConfig config;
  private final Parameters weights;
  private final String weightsId;
  private final ImageProcessor processor;
  private final Dtype dtype;
  private final Device device;

  private ClipVit(
      ClipVitConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    this.config = config;
    this.weights = weights;
    this.weightsId = weightsId;
    this.processor = processor;
    this.dtype = dtype;
    this.device = device;
  }

  /**
   * An encoder with the weights of a checkpoint under Hugging Face's or OpenAI's names; the text
   * part of a pair is passed over.
   *
   * @param processor what makes its pixels
   * @throws io.lorgnette.error.InputException if names or shapes do not fit the configuration
   */
  public static ClipVit of(
      ClipVitConfig config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    Map<String, Tensor> own = ClipVitKeys.of(checkpoint, config).read(checkpoint, dtype, device);
    return new ClipVit(config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device);
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.layers() - config.skippedLayers(), trace);
      // [B, T, Di] -> [B, N, Di]
      return config.classToken() ? x.value().alias() : x.value().narrow(1, 1, config.patches());
    }
  }

  /**
   * The class token after all blocks and the last norm.
   *
   * @param pixels {@code [B, 3, S, S]}
   * @return {@code [B, Di]}
   */
  public Tensor pooled(Tensor pixels) {
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.layers(), Trace.NONE);
      return norm(x.value().select(1, 0), weights.at("post_norm"));
    }
  }

  /**
   * The image in the joint space of images and texts, not normalised.
   *
   * @param pixels {@code [B, 3, S, S]}
   * @return {@code [B, J]}
   * @throws IllegalStateException if the checkpoint has no projection
   */
  public Tensor imageEmbeds(Tensor pixels) {
    if (config.projection() == 0) {
      throw new IllegalStateException("this CLIP encoder has no projection to a joint space");
    }
    return Layers.linear(pooled(pixels), weights.get("projection"), null);
  }

  private Tensor input(Tensor pixels) {
    Pixels.check(pixels, config.imageSize());
    return Tensors.to(pixels, dtype, device);
  }

  private void run(Chain x, int layers, Trace trace) {
    x.step(this::embed).named("embeddings", trace);
    x.step(y -> norm(y, weights.at("pre_norm"))).named("hidden_states.0", trace);
    for (int i = 0; i < layers; i++) {
      Parameters p = weights.at("layers", i);
      x.step(y -> attention(y, p)).step(y -> feedForward(y, p));
      x.named("hidden_states." + (i + 1), trace);
    }
  }

  /** {@code [B, 3, S, S] -> [B, T, Di]}. */
  private Tensor embed(Tensor pixels) {
    Parameters p = weights.at("embeddings");
    long[] stride = {config.patch(), config.patch()};
    Tensor map =
        torch.conv2d(
            pixels,
            p.get("patch"),
            Tensors.optional(null),
            stride,
            new long[] {0, 0},
            new long[] {1, 1},
            1);
    Tensor patches = map.flatten(2, 3).transpose(1, 2); // [B, Di, S/p, S/p] -> [B, P, Di]
    Tensor first = p.get("class").expand(pixels.size(0), 1, config.width());
    return Tensors.cat(1, first, patches).add(p.get("positions"));
  }

  private Tensor attention(Tensor x, Parameters p) {
    Tensor qkv = Layers.linear(norm(x, p.at("norm1")), p.at("attention.qkv")); // [B, T, 3 Di]
    long width = config.width();
    Tensor seen =
        Attention.attend(
            Attention.heads(qkv.narrow(2, 0, width), config.heads()),
            Attention.heads(qkv.narrow(2, width, width), config.heads()),
            Attention.heads(qkv.narrow(2, 2 * width, width), config.heads()),
            null,
            false);
    return plus(Layers.linear(seen, p.at("attention.out")), x);
  }

  private Tensor feedForward(Tensor x, Parameters p) {
    Tensor hidden = Layers.linear(norm(x, p.at("norm2")), p.at("fc1")); // [B, T, F]
    return plus(Layers.linear(config.activation().apply(hidden), p.at("fc2")), x);
  }

  private Tensor norm(Tensor x, Parameters p) {
    return Layers.layerNorm(x, p, config.normEpsilon());
  }

  /** The sum, in the memory of the fresh summand where no gradient could miss it. */
  private static Tensor plus(Tensor fresh, Tensor x) {
    if (GradMode.is_enabled()) {
      return fresh.add(x);
    }
    fresh.add_(x);
    return fresh;
  }

  /** The configuration. */
  public ClipVitConfig config() {
    return config;
  }

  @Override
  public ImageProcessor processor() {
    return processor;
  }

  @Override
  public int tokens() {
    return config.tokens();
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public Dtype dtype() {
    return dtype;
  }

  @Override
  public Parameters parameters() {
    return weights;
  }

  @Override
  public long parameterCount() {
    return config.parameterCount();
  }

  @Override
  public String identity() {
    return config.describe() + " output " + config.outputName() + " weights " + weightsId;
  }

  @Override
  public void close() {
    weights.close();
  }
}
