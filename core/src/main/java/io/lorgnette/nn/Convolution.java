package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution over two dimensions, the same stride and padding in both. Stateless.
 *
 * @param stride of the kernel
 * @param pad zeros on each side
 * @param groups 1, or the channels where it is depthwise
 * @param relu6 whether values are cut to 0 to 6 behind it
 */
public record Convolution(long stride, long pad, long groups, boolean relu6) {

  /** Of all channels together, with nothing behind it. */
  public static Convolution of(long stride, long pad) {
    return new Convolution(stride, pad, 1, false);
  }

  /**
   * {@code [B, in, h, w] -> [B, out, h', w']}, channels-last where x is.
   *
   * @param weight {@code [out, in / groups, k, k]}
   * @param bias {@code [out]} or null
   */
  public Tensor apply(Tensor x, Tensor weight, Tensor bias) {
    OneDnn oneDnn = OneDnn.get();
    boolean plain = GradMode.is_enabled() || Tensors.dtype(x) != Dtype.F32 || x.is_cuda();
    if (!plain && oneDnn != null) {
      return oneDnn.convolution(x, weight, bias, stride, pad, groups, relu6);
    }
    Tensor y =
        torch.conv2d(
            x,
            weight,
            Tensors.optional(bias),
            new long[] {stride, stride},
            new long[] {pad, pad},
            new long[] {1, 1},
            groups);
    if (!relu6 || GradMode.is_enabled()) {
      return relu6 ? torch.relu6(y) : y;
    }
    torch.relu6_(y); // what it returns is no owner of the tensor: y is
    return y;
  }
}
