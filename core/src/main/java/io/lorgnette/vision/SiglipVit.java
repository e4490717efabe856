package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.TowerOutput.Kind;
import io.lorgnette.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The vision transformer of SigLIP (Zhai et al. 2023) and SigLIP 2 (Tschannen et al. 2025): patches
 * without class token, learned positions, blocks with norms before attention and feed-forward, a
 * last norm, and attention that pools all tokens to one vector.
 *
 * <p>In SigLIP 2's NaFlex form it takes pictures of any shape as flattened patches; as a {@link
 * VisionEncoder} such a model takes squares. Compared with Hugging Face's {@code SiglipVisionModel}
 * and {@code Siglip2VisionModel} stage by stage, whose names the stages have.
 *
 * <p>Legend: B batch, S image size, p patch, N tokens, Di width, J width of the pooled vector = Di.
 */
public final class SiglipVit extends LoadedEncoder implements ImageTower {

  private final SiglipVitConfig config;

  private SiglipVit(
      SiglipVitConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    super(weights, weightsId, processor, dtype, device);
    this.config = config;
  }

  /**
   * An encoder with the weights of a Hugging Face checkpoint; the text part of a pair is passed
   * over.
   *
   * @param processor what makes its pixels
   * @throws io.lorgnette.error.InputException if names or shapes do not fit the configuration
   */
  public static SiglipVit of(
      SiglipVitConfig config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    Map<String, Tensor> own = SiglipVitKeys.of(checkpoint, config).read(checkpoint, dtype, device);
    if (!config.flexible()) {
      own.compute("embeddings.positions", (name, stored) -> square(stored, config));
    }
    return new SiglipVit(config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device);
  }

  /** The stored positions, or in their place those of the configured image size. */
  private static Tensor square(Tensor stored, SiglipVitConfig config) {
    if (config.side() == config.storedSide()) {
      return stored;
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Scope.release(resized(stored, config, config.side(), config.side()));
    } finally {
      stored.close();
    }
  }

  private static Tensor resized(Tensor stored, SiglipVitConfig config, int rows, int columns) {
    int side = config.storedSide();
    return config.positions().resize().resize(stored, side, side, rows, columns);
  }

  @Override
  public SiglipVit with(Parameters others) {
    return new SiglipVit(config, others, weightsId, processor, format(others), device);
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    try (Chain x = new Chain(embed(pixels))) {
      return features(x, null, trace);
    }
  }

  /**
   * Encodes pictures of any shape.
   *
   * @return {@code [B, N, Di]}, without meaning behind a picture's last patch; or their pooled
   *     vectors {@code [B, 1, Di]}
   * @throws IllegalArgumentException if the encoder is not of the NaFlex form or the patches are of
   *     another size
   */
  public Tensor encode(PatchBatch pictures, Trace trace) {
    try (Chain x = new Chain(embed(pictures))) {
      return features(x, pictures.mask(device), trace);
    }
  }

  @Override
  public Map<String, Tensor> stages(Tensor pixels) {
    try (Chain x = new Chain(embed(pixels))) {
      return stages(x, null);
    }
  }

  /**
   * The stages of one pass over pictures of any shape: the hidden states, {@code
   * last_hidden_state}, {@code pooler_output}.
   */
  public Map<String, Tensor> stages(PatchBatch pictures) {
    try (Chain x = new Chain(embed(pictures))) {
      return stages(x, pictures.mask(device));
    }
  }

  @Override
  public Tensor imageEmbeds(Tensor pixels) {
    try (Chain x = new Chain(embed(pixels))) {
      return pooled(x, null);
    }
  }

  /** As {@link #imageEmbeds(Tensor)}, of pictures of any shape: {@code [B, Di]}. */
  public Tensor imageEmbeds(PatchBatch pictures) {
    try (Chain x = new Chain(embed(pictures))) {
      return pooled(x, pictures.mask(device));
    }
  }

  @Override
  public int embedWidth() {
    return config.head() ? config.tower().width() : 0;
  }

  private Tensor features(Chain x, Tensor mask, Trace trace) {
    TowerOutput output = config.output();
    if (output.kind() == Kind.EMBEDDING) {
      return pooled(x, mask).unsqueeze(1);
    }
    run(x, mask, config.tower().layers() + 1 - output.layer(), trace);
    if (output.kind() == Kind.LAST) {
      x.step(this::norm).named("last_hidden_state", trace);
    }
    return x.value().alias();
  }

  private Map<String, Tensor> stages(Chain x, Tensor mask) {
    Stages stages = new Stages();
    run(x, mask, config.tower().layers(), stages);
    x.step(this::norm).named("last_hidden_state", stages);
    if (config.head()) {
      stages.stage("pooler_output", pool(x.value(), mask));
    }
    return stages.all();
  }

  private Tensor pooled(Chain x, Tensor mask) {
    if (!config.head()) {
      throw new IllegalStateException("this SigLIP encoder has no pooling head");
    }
    run(x, mask, config.tower().layers(), Trace.NONE);
    return pool(x.step(this::norm).value(), mask);
  }

  private void run(Chain x, Tensor mask, int layers, Trace trace) {
    x.named("hidden_states.0", trace);
    TowerLayers.run(x, weights, config.tower(), layers, mask, false, trace);
  }

  private Tensor norm(Tensor x) {
    return TowerLayers.norm(x, weights.at("post_norm"), config.tower());
  }

  /** {@code [B, 3, S, S] -> [B, N, Di]}. */
  private Tensor embed(Tensor pixels) {
    Pixels.check(pixels, config.imageSize());
    Tensor input = Tensors.to(pixels, dtype, device);
    if (config.flexible()) {
      return embed(PatchBatch.of(input, config.patch()));
    }
    Parameters p = weights.at("embeddings");
    Tensor patches = Pixels.patches(input, p.get("patch.weight"), p.get("patch.bias"));
    return patches.add(p.get("positions"));
  }

  private Tensor embed(PatchBatch pictures) {
    long size = 3L * config.patch() * config.patch();
    if (!config.flexible() || pictures.patches().size(2) != size) {
      throw new IllegalArgumentException(
          config.flexible()
              ? "patches must be " + size + " wide but are " + Tensors.describe(pictures.patches())
              : "this SigLIP encoder takes squares, not patches");
    }
    Tensor patches =
        Layers.linear(
            Tensors.to(pictures.patches(), dtype, device), weights.at("embeddings.patch"));
    List<Tensor> positions = new ArrayList<>();
    for (PatchBatch.Grid grid : pictures.grids()) {
      positions.add(positions(grid, patches.size(1)));
    }
    return patches.add(Tensors.stack(0, positions.toArray(Tensor[]::new)));
  }

  /** {@code [N, Di]}; behind the last patch the first position again, as the reference has it. */
  private Tensor positions(PatchBatch.Grid grid, long length) {
    Tensor own = resized(weights.get("embeddings.positions"), config, grid.rows(), grid.columns());
    long rest = length - own.size(0);
    return rest == 0 ? own : Tensors.cat(0, own, own.narrow(0, 0, 1).expand(rest, own.size(1)));
  }

  /** Attention of a learned query to all tokens: {@code [B, N, Di] -> [B, Di]}. */
  private Tensor pool(Tensor tokens, Tensor mask) {
    TowerShape tower = config.tower();
    Parameters head = weights.at("head");
    Tensor weight = head.get("attention.qkv.weight"); // [3 Di, Di]
    Tensor bias = head.get("attention.qkv.bias");
    long width = tower.width();
    Tensor probe = head.get("probe").expand(tokens.size(0), 1, width);
    Tensor query =
        Layers.linear(probe, weight.narrow(0, 0, width), bias.narrow(0, 0, width)); // [B, 1, Di]
    Tensor both =
        Layers.linear(tokens, weight.narrow(0, width, 2 * width), bias.narrow(0, width, 2 * width));
    Tensor seen =
        Attention.attend(
            Attention.heads(query, tower.heads()),
            Attention.heads(both.narrow(2, 0, width), tower.heads()),
            Attention.heads(both.narrow(2, width, width), tower.heads()),
            mask,
            false);
    Tensor x = Layers.linear(seen, head.at("attention.out"));
    Tensor fed = TowerLayers.mlp(TowerLayers.norm(x, head.at("norm"), tower), head, tower);
    return TowerLayers.plus(fed, x).select(1, 0);
  }

  /** The configuration. */
  @Override
  public SiglipVitConfig config() {
    return config;
  }

  @Override
  public int width() {
    return config.tower().width();
  }
}
