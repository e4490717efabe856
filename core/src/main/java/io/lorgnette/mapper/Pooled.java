package io.lorgnette.mapper;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Features that are one embedding of the whole image, as ClipCap takes them. */
final class Pooled {

  private Pooled() {}

  /**
   * The embedding of each image in the format and place of a weight.
   *
   * @param features {@code [B, 1, Di]}
   * @param normalized whether to divide it by its length
   * @return {@code [B, Di]}
   * @throws IllegalArgumentException if the features have another shape
   */
  static Tensor image(Tensor features, int width, boolean normalized, Tensor weight) {
    Tensor image = Checks.features(features, 1, width, weight).squeeze(1); // [B, Di]
    if (!normalized) {
      return image;
    }
    // The least length that is divided by is zero in half precision.
    Dtype format = Tensors.dtype(image);
    Tensor wide = format.bytes() < 4 ? Tensors.to(image, Dtype.F32) : image;
    return Tensors.to(torch.normalize(wide), format);
  }
}
