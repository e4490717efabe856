package io.lorgnette.vision;

import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

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
}
