package io.lorgnette.vision;

import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The check of what encoders are given. */
final class Pixels {

  private Pixels() {}

  /**
   * @throws IllegalArgumentException unless the shape is {@code [B, 3, size, size]}
   */
  static void check(Tensor pixels, int size) {
    if (pixels.dim() != 4
        || pixels.size(1) != 3
        || pixels.size(2) != size
        || pixels.size(3) != size) {
      throw new IllegalArgumentException(
          "pixels must be [B, 3, " + size + ", " + size + "] but are " + Tensors.describe(pixels));
    }
  }

  /**
   * Patches as tokens, by a convolution whose stride is its size.
   *
   * @param pixels {@code [B, 3, H, W]}
   * @param weight {@code [Di, 3, p, p]}
   * @param bias {@code [Di]} or null
   * @return {@code [B, P, Di]}, row by row
   */
  static Tensor patches(Tensor pixels, Tensor weight, Tensor bias) {
    long[] stride = {weight.size(2), weight.size(3)};
    Tensor map =
        torch.conv2d(
            pixels,
            weight,
            Tensors.optional(bias),
            stride,
            new long[] {0, 0},
            new long[] {1, 1},
            1);
    return map.flatten(2, 3).transpose(1, 2); // [B, Di, H/p, W/p] -> [B, P, Di]
  }
}
