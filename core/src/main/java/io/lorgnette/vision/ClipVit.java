package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.TowerOutput.Kind;
import io.lorgnette.weights.Checkpoint;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The vision transformer of CLIP (Radford et al. 2021): patches and a class token, learned
 * positions, a norm, then blocks of attention and feed-forward with norms before them.
 *
 * <p>The features are the last hidden state, as MAPL has it: with the class token, without the last
 * norm; or the choice that {@link ClipVitConfig#withOutput} makes. Positions for another image size
 * are resized once, when loaded. Compared with Hugging Face's {@code CLIPVisionModel} and {@code
 * CLIPVisionModelWithProjection} stage by stage, whose names the stages have.
 *
 * <p>Legend: B batch, S image size, P patches, T = P + 1 tokens with the class token, Di width, h
 * heads, d head width, F width of the feed-forward, J joint space.
 */
public final class ClipVit extends LoadedEncoder implements ImageTower {

  private final ClipVitConfig config;

  private ClipVit(
      ClipVitConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    super(weights, weightsId, processor, dtype, device);
    this.config = config;
  }

  /**
   * An encoder with the weights of a checkpoint under the names of Hugging Face, OpenAI, OpenCLIP
   * or LAVIS; the text part of a pair is passed over.
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
    own.compute("embeddings.positions", (name, stored) -> positions(stored, config));
    return new ClipVit(config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device);
  }

  /** Takes {@code [P' + 1, Di]}, gives {@code [P + 1, Di]}. */
  private static Tensor positions(Tensor stored, ClipVitConfig config) {
    if (config.patches() == config.storedPatches()) {
      return stored;
    }
    int from = config.positions().imageSize() / config.patch();
    int to = config.imageSize() / config.patch();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor grid = stored.narrow(0, 1, config.storedPatches());
      Tensor resized = config.positions().resize().resize(grid, from, from, to, to);
      return Scope.release(Tensors.cat(0, stored.narrow(0, 0, 1), resized));
    } finally {
      stored.close();
    }
  }

  @Override
  public ClipVit with(Parameters others) {
    return new ClipVit(config, others, weightsId, processor, format(others), device);
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    if (config.output().kind() == Kind.EMBEDDING) {
      return imageEmbeds(pixels).unsqueeze(1);
    }
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.layers() + 1 - config.output().layer(), trace);
      // [B, T, Di] -> [B, N, Di]
      return config.output().classToken()
          ? x.value().alias()
          : x.value().narrow(1, 1, config.patches());
    }
  }

  /**
   * The stages of the whole model, whichever are its features: the hidden states, {@code
   * last_hidden_state}, and where the model has them {@code pooler_output} and {@code
   * image_embeds}.
   */
  @Override
  public Map<String, Tensor> stages(Tensor pixels) {
    Stages stages = new Stages();
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.layers(), stages);
      x.named("last_hidden_state", stages);
      if (config.postNorm()) {
        Tensor pooled = pooled(x);
        stages.stage("pooler_output", pooled);
        if (config.projection() > 0) {
          stages.stage("image_embeds", projected(pooled));
        }
      }
    }
    return stages.all();
  }

  /**
   * The class token after all blocks and the last norm.
   *
   * @param pixels {@code [B, 3, S, S]}
   * @return {@code [B, Di]}
   * @throws IllegalStateException if the checkpoint is without that norm
   */
  public Tensor pooled(Tensor pixels) {
    if (!config.postNorm()) {
      throw new IllegalStateException("this CLIP encoder has no norm after its last block");
    }
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.layers(), Trace.NONE);
      return pooled(x);
    }
  }

  private Tensor pooled(Chain x) {
    return TowerLayers.norm(x.value().select(1, 0), weights.at("post_norm"), config.tower());
  }

  @Override
  public Tensor imageEmbeds(Tensor pixels) {
    if (config.projection() == 0) {
      throw new IllegalStateException("this CLIP encoder has no projection to a joint space");
    }
    return projected(pooled(pixels));
  }

  private Tensor projected(Tensor pooled) {
    return Layers.linear(pooled, weights.get("projection"), null);
  }

  @Override
  public int embedWidth() {
    return config.projection();
  }

  private Tensor input(Tensor pixels) {
    Pixels.check(pixels, config.imageSize());
    return Tensors.to(pixels, dtype, device);
  }

  private void run(Chain x, int layers, Trace trace) {
    x.step(this::embed).named("embeddings", trace);
    x.step(y -> TowerLayers.norm(y, weights.at("pre_norm"), config.tower()));
    x.named("hidden_states.0", trace);
    TowerLayers.run(x, weights, config.tower(), layers, null, false, trace);
  }

  /** {@code [B, 3, S, S] -> [B, T, Di]}. */
  private Tensor embed(Tensor pixels) {
    Parameters p = weights.at("embeddings");
    Tensor patches = Pixels.patches(pixels, p.get("patch"), null);
    Tensor first = p.get("class").expand(pixels.size(0), 1, config.width());
    return Tensors.cat(1, first, patches).add(p.get("positions"));
  }

  /** The configuration. */
  @Override
  public ClipVitConfig config() {
    return config;
  }

  @Override
  public int width() {
    return config.output().kind() == Kind.EMBEDDING ? config.projection() : config.width();
  }
}
