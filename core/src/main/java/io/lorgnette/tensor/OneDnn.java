package io.lorgnette.tensor;

import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;

/**
 * oneDNN's linear map and convolution, where the native build has them. The builds' default for
 * products in F32 is OpenBLAS, which was measured at half of oneDNN's speed for many rows and an
 * eighth of it for two to eight, the rows of a beam search; for convolutions of one place and fewer
 * than 16 images it is a kernel of half the speed (decision 136). They have no gradient.
 * Thread-safe.
 *
 * <p>A matrix can be {@linkplain #pack laid out} for its kernels once instead of at each product:
 * for one to eight rows that was measured up to three times as fast (decision 111).
 */
public final class OneDnn {

  private static final class Holder {
    static final OneDnn INSTANCE = find();

    private static OneDnn find() {
      OperatorHandle linear = Operators.find("mkldnn::_linear_pointwise");
      OperatorHandle pack = Operators.find("mkldnn::_reorder_linear_weight");
      OperatorHandle convolution = Operators.find("mkldnn::_convolution_pointwise");
      // Where this platform's build is without oneDNN the usual kernel computes the same.
      return linear == null || pack == null || convolution == null
          ? null
          : new OneDnn(linear, pack, convolution);
    }
  }

  /** What is done to each value of a product while the kernel still holds it. */
  public enum After {
    NOTHING("none", null),
    RELU("relu", null),
    /** Exact, with the error function. */
    GELU("gelu", "none"),
    GELU_TANH("gelu", "tanh"),
    SILU("swish", null);

    private final String function;
    private final String algorithm; // or null

    After(String function, String algorithm) {
      this.function = function;
      this.algorithm = algorithm;
    }
  }

  private final OperatorHandle linear;
  private final OperatorHandle pack;
  private final OperatorHandle convolution;
  // Constant arguments.
  private final Map<After, IValue> functions = new EnumMap<>(After.class);
  private final Map<After, IValue> algorithms = new EnumMap<>(After.class);
  private final IValue functionArguments;
  private final IValue clamp;
  private final IValue clampArguments;
  private final IValue nothing;
  private final ListType integers;

  private OneDnn(OperatorHandle linear, OperatorHandle pack, OperatorHandle convolution) {
    this.pack = pack;
    this.linear = linear;
    this.convolution = convolution;
    // The lists' element types come from the schemas: any other is refused.
    ListType list = listType(linear, 4);
    this.functionArguments = Scope.release(new IValue(new GenericList(list.getElementType())));
    GenericList bounds = new GenericList(list.getElementType());
    bounds.push_back(new IValue(0.0));
    bounds.push_back(new IValue(6.0));
    this.clamp = Scope.release(new IValue("hardtanh"));
    this.clampArguments = Scope.release(new IValue(bounds));
    this.nothing = Scope.release(new IValue());
    this.integers = Scope.release(listType(convolution, 3));
    for (After after : After.values()) {
      functions.put(after, Scope.release(new IValue(after.function)));
      algorithms.put(
          after, after.algorithm == null ? nothing : Scope.release(new IValue(after.algorithm)));
    }
  }

  private static ListType listType(OperatorHandle operator, int argument) {
    return new ListType(operator.schema().arguments().getPointer(argument).type().get());
  }

  /** The one instance, or null where the native build has no oneDNN. */
  public static OneDnn get() {
    return Holder.INSTANCE;
  }

  /** Whether matrices of a format can be {@linkplain #pack laid out} on this machine. */
  public static boolean packs(Dtype dtype, Device device) {
    return get() != null && device == Device.CPU && (dtype == Dtype.F32 || dtype == Dtype.BF16);
  }

  /**
   * The matrix in the order in which the kernels read it. The tensor takes as much memory, knows
   * its shape and format, and is for {@link #linear} and {@link #unpack} only.
   *
   * @param weight {@code [out, in]}, of a format that it {@link #packs}
   */
  public Tensor pack(Tensor weight) {
    IValueVector stack = new IValueVector(new IValue(weight), nothing);
    pack.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }

  /** The matrix in its usual order again, {@code [out, in]}. */
  public static Tensor unpack(Tensor packed) {
    return packed.to_dense();
  }

  /**
   * {@code x W^T + b} on the CPU, without gradient, in the format of both.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}, packed or not
   * @param bias {@code [out]} or null
   */
  public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return linear(x, weight, bias, After.NOTHING);
  }

  /** As {@link #linear(Tensor, Tensor, Tensor)}, with a function of each value of the result. */
  public Tensor linear(Tensor x, Tensor weight, Tensor bias, After after) {
    IValueVector stack =
        new IValueVector(
            new IValue(x),
            new IValue(weight),
            bias == null ? nothing : new IValue(bias),
            functions.get(after),
            functionArguments,
            algorithms.get(after));
    linear.callBoxed(stack);
    // What the stack hands out dies with the stack; the copy of the handle owns the same tensor.
    return new Tensor(stack.get(0).toTensor());
  }

  /**
   * A convolution on the CPU, without gradient, in the format of all: {@code [B, in, h, w] -> [B,
   * out, h', w']}.
   *
   * @param weight {@code [out, in / groups, k, k]}
   * @param bias {@code [out]} or null
   * @param relu6 whether values are cut to 0 to 6, in the same pass
   */
  public Tensor convolution(
      Tensor x, Tensor weight, Tensor bias, long stride, long pad, long groups, boolean relu6) {
    IValueVector stack =
        new IValueVector(
            new IValue(x),
            new IValue(weight),
            bias == null ? nothing : new IValue(bias),
            twice(pad),
            twice(stride),
            twice(1),
            new IValue(groups),
            relu6 ? clamp : functions.get(After.NOTHING),
            relu6 ? clampArguments : functionArguments,
            nothing);
    convolution.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }

  private IValue twice(long value) {
    GenericList list = new GenericList(integers.getElementType());
    list.push_back(new IValue(value));
    list.push_back(new IValue(value));
    return new IValue(list);
  }
}
