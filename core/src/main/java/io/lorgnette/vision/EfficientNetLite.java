package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Convolution;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.EfficientNetLiteConfig.Padding;
import io.lorgnette.vision.EfficientNetLiteLayout.Block;
import io.lorgnette.vision.EfficientNetLiteLayout.Conv;
import io.lorgnette.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * EfficientNet-lite (Tan and Le 2019; the lite variants of 2020): a small convolutional network,
 * whose last feature map is read as {@code h * w} visual tokens.
 *
 * <p>Batch norms are folded into the convolutions when loaded, in F64; the memory format is
 * channels-last. Compared stage by stage with timm, and with the PyTorch conversion of the
 * TensorFlow weights.
 *
 * <p>Legend: B batch, C channels, h w places of a map, N = h * w tokens, Di width.
 */
public final class EfficientNetLite extends LoadedEncoder {

  private final EfficientNetLiteConfig config;
  private final EfficientNetLiteLayout
      layout; // of weights: every convolution's weight and bias; classifier.*

  private EfficientNetLite(
      EfficientNetLiteConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    super(weights, weightsId, processor, dtype, device);
    this.config = config;
    this.layout = EfficientNetLiteLayout.of(config);
  }

  /**
   * An encoder with the weights of a checkpoint under timm's names, in any floating format.
   *
   * @param processor what makes its pixels
   * @throws io.lorgnette.error.InputException if names or shapes do not fit the configuration
   */
  public static EfficientNetLite of(
      EfficientNetLiteConfig config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    EfficientNetLiteLayout layout = EfficientNetLiteLayout.of(config);
    Parameters from =
        Parameters.of(layout.keys(config.folded()).read(checkpoint, Dtype.F64, Device.CPU));
    Map<String, Tensor> own = new LinkedHashMap<>();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Conv conv : layout.convolutions()) {
        FoldedNorm.put(own, conv.name(), folded(from, conv, config), dtype, device);
      }
      for (String name : from.at("classifier").names()) {
        own.put(name, Scope.release(Tensors.to(from.get(name), dtype, device).clone()));
      }
    } finally {
      from.close();
    }
    return new EfficientNetLite(
        config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device);
  }

  /** Weight and bias of a convolution that does what convolution and batch norm did, in F64. */
  private static Tensor[] folded(Parameters from, Conv conv, EfficientNetLiteConfig config) {
    Tensor weight = from.get(conv.name() + ".weight");
    if (config.folded()) {
      return new Tensor[] {weight, from.get(conv.name() + ".bias")};
    }
    return FoldedNorm.fold(weight, from.at(conv.norm()), config.normEpsilon());
  }

  @Override
  public EfficientNetLite with(Parameters others) {
    return new EfficientNetLite(config, others, weightsId, processor, format(others), device);
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    try (Chain map = new Chain(input(pixels))) {
      run(map, config.output(), trace);
      // [B, C, h, w] -> [B, h * w, C]
      Tensor last = map.value().permute(0, 2, 3, 1);
      return last.reshape(last.size(0), last.size(1) * last.size(2), last.size(3));
    }
  }

  /**
   * Scores of the classes that the network was first trained on.
   *
   * @param pixels {@code [B, 3, S, S]}
   * @return {@code [B, classes]}
   * @throws IllegalStateException if the checkpoint has no classifier
   */
  public Tensor logits(Tensor pixels) {
    if (config.classes() == 0) {
      throw new IllegalStateException("this EfficientNet-lite has no classifier");
    }
    try (Chain map = new Chain(input(pixels))) {
      run(map, config.stages().size(), Trace.NONE);
      // [B, C, h, w] -> [B, C]
      Tensor pooled = map.value().mean(new long[] {2, 3});
      return Layers.linear(pooled, weights.at("classifier"));
    }
  }

  /** Whether {@link #classify} can tell classes from this encoder's output. */
  public boolean classifies() {
    return config.classes() > 0 && config.output() == config.stages().size();
  }

  /**
   * Scores of the classes that the network was first trained on, from what {@link #encode} gave.
   *
   * @param features {@code [B, N, Di]} of the last map
   * @return {@code [B, classes]}
   * @throws IllegalStateException unless {@link #classifies}
   */
  public Tensor classify(Tensor features) {
    if (!classifies()) {
      throw new IllegalStateException("no classifier stands behind this output");
    }
    Tensor pooled = Tensors.to(features, dtype, device).mean(new long[] {1}); // [B, Di]
    return Layers.linear(pooled, weights.at("classifier"));
  }

  private Tensor input(Tensor pixels) {
    Pixels.check(pixels, config.imageSize());
    return Tensors.to(pixels, dtype, device).contiguous(torch.MemoryFormat.ChannelsLast);
  }

  private void run(Chain map, int output, Trace trace) {
    map.step(x -> convolve(x, layout.stem())).named("stem", trace);
    for (Block block : layout.blocks()) {
      map.step(x -> block(x, block));
      if (block.stage() >= 0) {
        map.named("stage" + block.stage(), trace);
      }
      if (block.stage() == output) {
        return;
      }
    }
    map.step(x -> convolve(x, layout.head())).named("features", trace);
  }

  private Tensor block(Tensor x, Block block) {
    try (Chain inner = new Chain(x)) {
      for (Conv conv : block.convolutions()) {
        inner.step(y -> convolve(y, conv));
      }
      return block.skip() ? inner.value().add(x) : inner.value().alias();
    }
  }

  /** {@code [B, in, h, w] -> [B, out, ceil(h / stride), ceil(w / stride)]}. */
  private Tensor convolve(Tensor x, Conv conv) {
    Parameters p = weights.at(conv.name());
    int pad = (conv.kernel() - 1) / 2;
    Tensor input = x;
    if (config.padding() == Padding.SAME && conv.stride() > 1) {
      input = torch.constant_pad_nd(x, samePadding(x, conv));
      pad = 0;
    }
    return new Convolution(conv.stride(), pad, conv.groups(), conv.activated())
        .apply(input, p.get("weight"), p.get("bias"));
  }

  /** Zeros at left, right, top and bottom as TensorFlow counts them. */
  private static long[] samePadding(Tensor x, Conv conv) {
    long width = samePadding(x.size(3), conv);
    long height = samePadding(x.size(2), conv);
    return new long[] {width / 2, width - width / 2, height / 2, height - height / 2};
  }

  private static long samePadding(long in, Conv conv) {
    long out = (in + conv.stride() - 1) / conv.stride();
    return Math.max(0, (out - 1) * conv.stride() + conv.kernel() - in);
  }

  /** The configuration. */
  @Override
  public EfficientNetLiteConfig config() {
    return config;
  }

  @Override
  public int width() {
    return config.width();
  }
}
