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
 * oneDNN's linear map, where the native build has it. The builds' default for F32 is OpenBLAS,
 * which was measured at half of oneDNN's speed for many rows and an eighth of it for two to eight,
 * the rows of a beam search. It has no gradient. Thread-safe.
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
      // Where this platform's build is without oneDNN the usual kernel computes the same.
      return linear == null || pack == null ? null : new OneDnn(linear, pack);
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
  // Constant arguments.
  private final Map<After, IValue> functions = new EnumMap<>(After.class);
  private final Map<After, IValue> algorithms = new EnumMap<>(After.class);
  private final IValue functionArguments;
  private final IValue nothing;

  private OneDnn(OperatorHandle linear, OperatorHandle pack) {
    this.pack = pack;
    this.linear = linear;
    // The list's element type comes from the schema: any other is refused.
    ListType list = new ListType(linear.schema().arguments().getPointer(4).type().get());
    this.functionArguments = Scope.release(new IValue(new GenericList(list.getElementType())));
    this.nothing = Scope.release(new IValue());
    for (After after : After.values()) {
      functions.put(after, Scope.release(new IValue(after.function)));
      algorithms.put(
          after, after.algorithm == null ? nothing : Scope.release(new IValue(after.algorithm)));
    }
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
}
