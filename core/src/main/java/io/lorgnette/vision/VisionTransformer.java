package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.nn.PreNormBlock;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VitParts.Relative;
import io.lorgnette.weights.Checkpoint;
import java.util.Map;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * A vision transformer (Dosovitskiy et al. 2021) of one of the {@linkplain VitFamily families} EVA,
 * DINOv2 and BEiT: patches and a class token, positions or biases for distances, blocks with norms
 * before their parts.
 *
 * <p>Where the format is a half one, matrices are stored and multiplied in it; norms, tokens,
 * positions, scales and the sums between blocks stay in F32. Compared stage by stage with LAVIS and
 * Hugging Face, whose names the stages have.
 *
 * <p>Legend: B batch, S image size, P patches, R registers, T = 1 + R + P tokens, Di width.
 */
public final class VisionTransformer extends LoadedEncoder {

  private static final Pattern WIDE =
      Pattern.compile(
          "embeddings\\.(class|positions|registers|mask)|.*(norm\\d?\\.(weight|bias)|scale\\d|table)");

  private final VitConfig config;
  private final PreNormBlock block;
  private final RelativePositions relative; // or null

  private VisionTransformer(
      VitConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    this(
        config,
        weights,
        weightsId,
        processor,
        dtype,
        device,
        config.parts().relative() == Relative.NONE
            ? null
            : new RelativePositions(config.trainedSide(), device));
  }

  private VisionTransformer(
      VitConfig config,
      Parameters weights,
      String weightsId,
      ImageProcessor processor,
      Dtype dtype,
      Device device,
      RelativePositions relative) {
    super(weights, weightsId, processor, dtype, device);
    this.config = config;
    this.block = config.block();
    this.relative = relative;
  }

  @Override
  public VisionTransformer with(Parameters others) {
    Dtype format = format(others);
    return new VisionTransformer(config, others, weightsId, processor, format, device, relative);
  }

  /**
   * An encoder with the weights of a checkpoint; the other parts of a larger model are passed over.
   *
   * @param processor what makes its pixels
   * @throws io.lorgnette.error.InputException if names or shapes do not fit the configuration
   */
  public static VisionTransformer of(
      VitConfig config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Dtype dtype,
      Device device) {
    Map<String, Tensor> own =
        config
            .keys()
            .read(config.part(checkpoint), name -> isWide(name) ? wider(dtype) : dtype, device);
    return new VisionTransformer(
        config, Parameters.of(own), checkpoint.sha256(), processor, dtype, device);
  }

  private static boolean isWide(String name) {
    return WIDE.matcher(name).matches();
  }

  private static Dtype wider(Dtype dtype) {
    return dtype == Dtype.F64 ? dtype : Dtype.F32;
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    Pixels.check(pixels, config.imageSize());
    return encodeAnySize(pixels, trace);
  }

  /**
   * As {@link #encode(Tensor, Trace)} for images of another size, which give another number of
   * tokens: positions are interpolated, and what is no whole patch at the right and bottom is cut
   * off.
   *
   * @param pixels {@code [B, 3, H, W]}
   * @throws IllegalArgumentException if the images are smaller than a patch, or of another size
   *     than the one of a model with biases for distances
   */
  public Tensor encodeAnySize(Tensor pixels, Trace trace) {
    VitOutput output = config.output();
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.sizes().layers() + 1 - output.layer(), trace);
      if (output.normed()) {
        finish(x, trace);
      }
      long leading = config.leading();
      Tensor chosen = x.value().alias();
      if (output.pooled()) {
        chosen = pooled(x.value()).unsqueeze(1); // [B, 1, Di]
      } else if (!output.leading()) {
        chosen = x.value().narrow(1, leading, x.value().size(1) - leading);
      }
      return Tensors.to(chosen, dtype);
    }
  }

  /** All stages of the whole model, whichever are its features. */
  @Override
  public Map<String, Tensor> stages(Tensor pixels) {
    Stages stages = new Stages();
    try (Chain x = new Chain(input(pixels))) {
      run(x, config.sizes().layers(), stages);
      finish(x, stages);
      if (config.family().pools()) {
        stages.stage("pooler_output", pooled(x.value()));
      }
    }
    return stages.all();
  }

  private Tensor input(Tensor pixels) {
    int patch = config.sizes().patch();
    if (relative != null) {
      Pixels.check(pixels, config.imageSize());
    } else if (pixels.dim() != 4
        || pixels.size(1) != 3
        || Math.min(pixels.size(2), pixels.size(3)) < patch) {
      throw new IllegalArgumentException(
          "pixels must be [B, 3, H, W] of at least "
              + patch
              + " but are "
              + Tensors.describe(pixels));
    }
    return Tensors.to(pixels, dtype, device);
  }

  private void run(Chain x, int blocks, Trace trace) {
    VitFamily family = config.family();
    x.step(this::embed).named(family.stage(0), trace);
    Tensor shared =
        config.parts().relative().shared() ? relative.bias(weights.get("relative.table")) : null;
    for (int i = 0; i < blocks; i++) {
      Parameters p = weights.at("layers", i);
      x.step(y -> block.attention(y, p, bias(p, shared))).step(y -> block.feedForward(y, p));
      x.named(family.stage(i + 1), trace);
    }
  }

  /** {@code [1, h, T, T]}, or null. */
  private Tensor bias(Parameters p, Tensor shared) {
    if (!config.parts().relative().everyLayer()) {
      return shared;
    }
    Tensor own = relative.bias(p.get("relative.table"));
    return shared == null ? own : own.add(shared);
  }

  private void finish(Chain x, Trace trace) {
    if (config.parts().finalNorm()) {
      x.step(y -> norm(y, weights.at("final_norm")));
    }
    x.named(config.family().lastStage(), trace);
  }

  /** {@code [B, T, Di] -> [B, Di]}. */
  private Tensor pooled(Tensor last) {
    if (config.parts().pooledNorm()) {
      long leading = config.leading();
      Tensor patches = last.narrow(1, leading, last.size(1) - leading);
      return norm(patches.mean(new long[] {1}), weights.at("pooled_norm"));
    }
    Tensor first = last.select(1, 0);
    // BLIP-2 norms it a second time.
    return config.family() == VitFamily.BLIP2 ? norm(first, weights.at("final_norm")) : first;
  }

  /** {@code [B, 3, H, W] -> [B, T, Di]}. */
  private Tensor embed(Tensor pixels) {
    Parameters p = weights.at("embeddings");
    Tensor patches = Pixels.patches(pixels, p.get("patch.weight"), p.get("patch.bias"));
    long batch = pixels.size(0);
    long width = config.width();
    Tensor first = p.get("class").expand(batch, 1, width);
    Tensor x = Tensors.cat(1, first, Tensors.to(patches, Tensors.dtype(first)));
    if (config.parts().positions()) {
      int patch = config.sizes().patch();
      int rows = Math.toIntExact(pixels.size(2) / patch);
      int columns = Math.toIntExact(pixels.size(3) / patch);
      x = x.add(positions(p.get("positions"), rows, columns));
    }
    if (config.parts().registers() == 0) {
      return x;
    }
    Tensor registers = p.get("registers").expand(batch, config.parts().registers(), width);
    return Tensors.cat(1, x.narrow(1, 0, 1), registers, x.narrow(1, 1, x.size(1) - 1));
  }

  /** {@code [1, 1 + P, Di]} for a grid; that of the class token is kept. */
  private Tensor positions(Tensor stored, int rows, int columns) {
    int side = config.trainedSide();
    if (rows == side && columns == side) {
      return stored;
    }
    Tensor grid = stored.select(0, 0).narrow(0, 1, (long) side * side);
    Tensor resized = config.family().resize().resize(grid, side, side, rows, columns);
    return Tensors.cat(1, stored.narrow(1, 0, 1), resized.unsqueeze(0));
  }

  private Tensor norm(Tensor x, Parameters p) {
    return Layers.layerNorm(x, p, config.sizes().normEpsilon());
  }

  /** The configuration. */
  @Override
  public VitConfig config() {
    return config;
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public void close() {
    weights.close();
    if (relative != null) {
      relative.close();
    }
  }
}
