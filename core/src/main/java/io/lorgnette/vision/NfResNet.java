package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Convolution;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.NfResNetLayout.Block;
import io.lorgnette.vision.NfResNetLayout.Conv;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A residual network without norms (Brock et al. 2021), whose convolutions have standardised
 * weights instead; compared stage by stage with timm's {@code nf_resnet}.
 *
 * <p>It can be trained, also from scratch: then weights, gains and biases are what {@link
 * #parameters} gives, under timm's names and in F32.
 *
 * <p>Legend: B batch, C channels, h w places of a map, N = h * w tokens or 1, Di width.
 */
public final class NfResNet extends LoadedEncoder {

  private static final long[] NO_PADDING = {0, 0};
  private static final long[] ONE = {1, 1};
  private static final long[] TWO = {2, 2};

  private final NfResNetConfig config;
  private final NfResNetLayout layout;
  private final StandardizedWeights standardized;

  private NfResNet(
      NfResNetConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device,
      boolean keeping) {
    super(weights, weightsId, processor, dtype, device);
    this.config = config;
    this.layout = NfResNetLayout.of(config);
    this.standardized = new StandardizedWeights(weights, config.epsilon(), dtype, keeping);
  }

  /**
   * An encoder with the weights of a checkpoint under timm's names.
   *
   * @param processor what makes its pixels
   * @throws io.lorgnette.error.InputException if names or shapes do not fit the configuration
   */
  public static NfResNet of(
      NfResNetConfig config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    Map<String, Tensor> own = NfResNetLayout.of(config).keys().read(checkpoint, Dtype.F32, device);
    return new NfResNet(
        config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device, true);
  }

  /**
   * An encoder that has seen nothing, drawn as timm draws it: weights normal with variance 1 over
   * the fan-in, biases 0, gains 1 but 0 at the end of every block, so that blocks begin as their
   * shortcuts.
   *
   * @param processor what makes its pixels
   */
  public static NfResNet untrained(
      NfResNetConfig config, long seed, ImageProcessor processor, Device device) {
    NfResNetConfig bare = config.withClasses(0);
    Parameters drawn = Parameters.of(draw(bare, seed, device));
    String id = "untrained seed " + seed;
    return new NfResNet(bare, drawn, id, processor, Dtype.F32, device, true);
  }

  /** The weights of {@link #untrained}, owned by the caller. */
  public static Map<String, Tensor> draw(NfResNetConfig config, long seed, Device device) {
    device.require();
    NfResNetConfig bare = config.withClasses(0);
    Draws draws = new Draws(seed);
    Map<String, Tensor> own = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      for (Conv conv : NfResNetLayout.of(bare).convolutions()) {
        float[] weight = draws.normal(conv.out() * conv.fanIn());
        for (int i = 0; i < weight.length; i++) {
          weight[i] /= (float) Math.sqrt(conv.fanIn());
        }
        float[] gain = new float[conv.out()];
        Arrays.fill(gain, (float) conv.initialGain());
        put(
            own,
            conv.name() + ".weight",
            device,
            weight,
            conv.out(),
            conv.in(),
            conv.kernel(),
            conv.kernel());
        put(own, conv.name() + ".bias", device, new float[conv.out()], conv.out());
        put(own, conv.name() + ".gain", device, gain, conv.out(), 1, 1, 1);
      }
    }
    return own;
  }

  private static void put(
      Map<String, Tensor> own, String name, Device device, float[] values, long... shape) {
    own.put(name, Scope.release(Tensors.to(Tensors.ofFloats(values, shape), device)));
  }

  /**
   * An encoder over given tensors, in whose format it computes. They stay their owner's, and it
   * need not be closed.
   *
   * @param weights under timm's names
   */
  public static NfResNet over(
      NfResNetConfig config, Parameters weights, ImageProcessor processor, Device device) {
    Dtype dtype = format(weights);
    return new NfResNet(config, weights, "trained", processor, dtype, device, false);
  }

  /** Names and shapes of the tensors, without a classifier. */
  public static KeyMap keys(NfResNetConfig config) {
    return NfResNetLayout.of(config.withClasses(0)).keys();
  }

  @Override
  public NfResNet with(Parameters others) {
    return over(config, others, processor, device);
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    try (Chain map = new Chain(input(pixels))) {
      run(map, config.output(), trace);
      if (config.isPooled()) {
        map.step(NfResNet::pooled).named("pooled", trace);
        return map.value().unsqueeze(1); // [B, 1, C]
      }
      // [B, C, h, w] -> [B, h * w, C]
      return map.value().flatten(2, 3).transpose(1, 2).contiguous();
    }
  }

  /** All stages of the whole model, whichever are its features. */
  @Override
  public Map<String, Tensor> stages(Tensor pixels) {
    Stages stages = new Stages();
    try (Chain map = new Chain(input(pixels))) {
      run(map, layout.blocks().size(), stages);
      map.step(NfResNet::pooled).named("pooled", stages);
      if (config.classes() > 0) {
        map.step(this::classify).named("logits", stages);
      }
    }
    return stages.all();
  }

  private Tensor input(Tensor pixels) {
    Pixels.check(pixels, config.imageSize());
    return Tensors.to(pixels, dtype, device);
  }

  private void run(Chain map, int output, Trace trace) {
    map.step(this::stem).named("stem", trace);
    for (Block block : layout.blocks()) {
      map.step(x -> block(x, block));
      if (block.stage() >= 0) {
        map.named("stage" + block.stage(), trace);
      }
      if (block.stage() == output) {
        return;
      }
    }
    map.step(torch::relu).named("features", trace);
  }

  private Tensor stem(Tensor pixels) {
    Tensor map = convolve(pixels, layout.stem());
    return torch.max_pool2d(map, new long[] {3, 3}, TWO, ONE, ONE, false);
  }

  private Tensor block(Tensor x, Block block) {
    try (Chain inner = new Chain(x)) {
      inner.step(y -> torch.relu(y).mul(new Scalar(block.beta())));
      Tensor around = block.shortcut() == null ? x : shortcut(inner.value(), block.shortcut());
      inner.step(y -> convolve(y, block.convolutions().get(0)));
      inner.step(y -> convolve(torch.relu(y), block.convolutions().get(1)));
      inner.step(y -> convolve(torch.relu(y), block.convolutions().get(2)));
      return inner.value().mul(new Scalar(config.alpha())).add(around);
    }
  }

  private Tensor shortcut(Tensor x, Conv conv) {
    Tensor smaller =
        conv.stride() == 1
            ? x
            : torch.avg_pool2d(x, TWO, TWO, NO_PADDING, true, false, new LongOptional());
    return convolve(smaller, conv, 1);
  }

  /** {@code [B, in, h, w] -> [B, out, ceil(h / stride), ceil(w / stride)]}. */
  private Tensor convolve(Tensor x, Conv conv) {
    return convolve(x, conv, conv.stride());
  }

  private Tensor convolve(Tensor x, Conv conv, long stride) {
    Tensor bias = Tensors.to(weights.get(conv.name() + ".bias"), dtype);
    return Convolution.of(stride, (conv.kernel() - 1) / 2).apply(x, standardized.of(conv), bias);
  }

  /** {@code [B, C, h, w] -> [B, C]}. */
  private static Tensor pooled(Tensor map) {
    return map.mean(new long[] {2, 3});
  }

  /** {@code [B, C] -> [B, classes]}. */
  private Tensor classify(Tensor pooled) {
    return Layers.linear(Tensors.to(pooled, Dtype.F32), weights.at("head.fc"));
  }

  /** The configuration. */
  @Override
  public NfResNetConfig config() {
    return config;
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public void close() {
    standardized.close();
    weights.close();
  }
}
