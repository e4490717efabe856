package io.lorgnette.tensor;

import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/**
 * libtorch's product of BF16 rows with a matrix of 8-bit integers, where the native build has it.
 * It has no gradient. Thread-safe.
 */
public final class Int8 {

  private static final class Holder {
    static final Int8 INSTANCE = find();

    private static Int8 find() {
      OperatorHandle product = Operators.find("aten::_weight_int8pack_mm");
      return product == null ? null : new Int8(product);
    }
  }

  /** The product of two matrices of 8-bit integers. */
  private static final class Sums {
    static final OperatorHandle OPERATOR = Operators.find("aten::_int_mm");
  }

  private final OperatorHandle product;

  private Int8(OperatorHandle product) {
    this.product = product;
  }

  /** The one instance, or null where the native build has no such product. */
  public static Int8 get() {
    return Holder.INSTANCE;
  }

  /**
   * Whether the kernel takes a matrix. It reads beyond the memory of others, which libtorch does
   * not check.
   *
   * @param weight {@code [out, in]}, I8
   */
  public static boolean takes(Tensor weight) {
    return weight.size(0) % 16 == 0
        && weight.size(1) % 32 == 0
        && weight.is_contiguous()
        && !weight.is_cuda();
  }

  /** Whether the native build has {@link #sums}. */
  public static boolean adds() {
    return Sums.OPERATOR != null;
  }

  /**
   * {@code x w}, added up in 32 bits.
   *
   * @param x {@code [M, K]}, I8
   * @param w {@code [K, N]}, I8
   * @return {@code [M, N]}, I32
   */
  public static Tensor sums(Tensor x, Tensor w) {
    IValueVector stack = new IValueVector(new IValue(x), new IValue(w));
    Sums.OPERATOR.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }

  /**
   * {@code (x W^T) * scale}.
   *
   * @param x {@code [M, in]}, BF16: other formats are computed one by one, far slower than dense
   * @param weight {@code [out, in]}, I8, one that it {@linkplain #takes}
   * @param scale {@code [out]}, BF16
   */
  public Tensor linear(Tensor x, Tensor weight, Tensor scale) {
    IValueVector stack =
        new IValueVector(new IValue(x.contiguous()), new IValue(weight), new IValue(scale));
    product.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }
}
