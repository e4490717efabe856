package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Convolution;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.ClipResNetLayout.Block;
import io.lorgnette.vision.ClipResNetLayout.Conv;
import io.lorgnette.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The residual network of CLIP (Radford et al. 2021): a stem of three convolutions, average pools
 * in place of strides, and attention that pools the last map to one vector.
 *
 * <p>The features are the last map row by row, as LiMBeR and MAGMA feed it; or the pooled vector,
 * as ClipCap does. Batch norms are folded into the convolutions when loaded; the memory format is
 * channels-last. Compared with OpenCLIP's {@code ModifiedResNet} stage by stage.
 *
 * <p>Legend: B batch, C channels, h w places of a map, N = h * w tokens, Di width, J joint space.
 */
public final class ClipResNet extends LoadedEncoder implements ImageTower {

  private final ClipResNetConfig config;
  private final ClipResNetLayout
      layout; // of weights: every convolution's weight and bias; attnpool.*

  private ClipResNet(
      ClipResNetConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    super(weights, weightsId, processor, dtype, device);
    this.config = config;
    this.layout = ClipResNetLayout.of(config);
  }

  /**
   * An encoder with the weights of a checkpoint under OpenAI's names, which OpenCLIP has too; the
   * text part of a pair is passed over.
   *
   * @param processor what makes its pixels
   * @throws io.lorgnette.error.InputException if names or shapes do not fit the configuration
   */
  public static ClipResNet of(
      ClipResNetConfig config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    Parameters from =
        Parameters.of(
            ClipResNetLayout.keys(checkpoint, config).read(checkpoint, Dtype.F64, Device.CPU));
    Map<String, Tensor> own = new LinkedHashMap<>();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Conv conv : ClipResNetLayout.of(config).convolutions()) {
        Tensor weight = from.get(conv.name() + ".weight");
        Tensor[] pair = FoldedNorm.fold(weight, from.at(conv.norm()), config.normEpsilon());
        FoldedNorm.put(own, conv.name(), pair, dtype, device);
      }
      for (String name : from.at("attnpool").names()) {
        own.put(name, Scope.release(Tensors.to(from.get(name), dtype, device).clone()));
      }
    } finally {
      from.close();
    }
    return new ClipResNet(
        config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device);
  }

  @Override
  public ClipResNet with(Parameters others) {
    return new ClipResNet(config, others, weightsId, processor, format(others), device);
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    try (Chain map = new Chain(input(pixels))) {
      run(map, trace);
      return config.embedding() ? pool(map.value()).unsqueeze(1) : grid(map.value());
    }
  }

  /** {@code layer1} to {@code layer4}, {@code grid}, and with attention {@code image_features}. */
  @Override
  public Map<String, Tensor> stages(Tensor pixels) {
    Stages stages = new Stages();
    try (Chain map = new Chain(input(pixels))) {
      run(map, stages);
      stages.stage("grid", grid(map.value()));
      if (config.projection() > 0) {
        stages.stage("image_features", pool(map.value()));
      }
    }
    return stages.all();
  }

  @Override
  public Tensor imageEmbeds(Tensor pixels) {
    if (config.projection() == 0) {
      throw new IllegalStateException("this CLIP ResNet has no attention pool");
    }
    try (Chain map = new Chain(input(pixels))) {
      run(map, Trace.NONE);
      return pool(map.value());
    }
  }

  @Override
  public int embedWidth() {
    return config.projection();
  }

  private Tensor input(Tensor pixels) {
    Pixels.check(pixels, config.imageSize());
    return Tensors.to(pixels, dtype, device).contiguous(torch.MemoryFormat.ChannelsLast);
  }

  private void run(Chain map, Trace trace) {
    for (Conv conv : layout.stem()) {
      map.step(x -> relu(convolve(x, conv)));
    }
    map.step(x -> torch.avg_pool2d(x, 2)).named("stem", trace);
    for (Block block : layout.blocks()) {
      map.step(x -> block(x, block));
      if (block.stage() > 0) {
        map.named("layer" + block.stage(), trace);
      }
    }
  }

  private Tensor block(Tensor x, Block block) {
    try (Chain inner = new Chain(x)) {
      inner.step(y -> relu(convolve(y, block.reduce())));
      inner.step(y -> relu(convolve(y, block.spread())));
      if (block.stride() > 1) {
        inner.step(y -> torch.avg_pool2d(y, block.stride()));
      }
      inner.step(y -> convolve(y, block.expand()));
      return relu(TowerLayers.plus(inner.value().alias(), shortcut(x, block)));
    }
  }

  private Tensor shortcut(Tensor x, Block block) {
    if (block.downsample() == null) {
      return x;
    }
    Tensor thinned = block.stride() > 1 ? torch.avg_pool2d(x, block.stride()) : x;
    return convolve(thinned, block.downsample());
  }

  /** {@code [B, in, h, w] -> [B, out, h / stride, w / stride]}. */
  private Tensor convolve(Tensor x, Conv conv) {
    Parameters p = weights.at(conv.name());
    return Convolution.of(conv.stride(), conv.kernel() / 2)
        .apply(x, p.get("weight"), p.get("bias"));
  }

  /** In the memory of the fresh tensor where no gradient could miss it. */
  private static Tensor relu(Tensor fresh) {
    if (GradMode.is_enabled()) {
      return torch.relu(fresh);
    }
    torch.relu_(fresh); // what it returns is no owner of the tensor: fresh is
    return fresh;
  }

  /** {@code [B, C, h, w] -> [B, h * w, C]}, row by row. */
  private static Tensor grid(Tensor map) {
    Tensor last = map.permute(0, 2, 3, 1);
    return last.reshape(last.size(0), last.size(1) * last.size(2), last.size(3));
  }

  /** Attention of the mean to the places and itself: {@code [B, C, h, w] -> [B, J]}. */
  private Tensor pool(Tensor map) {
    Parameters p = weights.at("attnpool");
    Tensor grid = grid(map);
    Tensor mean = grid.mean(new long[] {1}, true, null);
    Tensor tokens = Tensors.cat(1, mean, grid).add(p.get("positions")); // [B, 1 + h * w, C]
    Tensor query = tokens.narrow(1, 0, 1);
    Tensor seen =
        Attention.attend(
            Attention.heads(Layers.linear(query, p.at("q_proj")), config.heads()),
            Attention.heads(Layers.linear(tokens, p.at("k_proj")), config.heads()),
            Attention.heads(Layers.linear(tokens, p.at("v_proj")), config.heads()),
            null,
            false); // [B, 1, C]
    return Layers.linear(seen, p.at("c_proj")).select(1, 0);
  }

  /** The configuration. */
  @Override
  public ClipResNetConfig config() {
    return config;
  }

  @Override
  public int width() {
    return config.featureWidth();
  }
}
