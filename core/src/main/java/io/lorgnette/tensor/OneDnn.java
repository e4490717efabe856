package io.lorgnette.tensor;

import org.bytedeco.pytorch.Dispatcher;
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
 */
public final class OneDnn {

  private static final class Holder {
    static final OneDnn INSTANCE = find();

    private static OneDnn find() {
      Engine.start();
      try (Scope scope = Scope.open()) {
        return new OneDnn(
            Scope.release(
                Dispatcher.singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "")));
      } catch (RuntimeException e) {
        // This platform's build is without oneDNN; the usual kernel computes the same.
        return null;
      }
    }
  }

  private final OperatorHandle linear;
  // Constant arguments: no function is applied to the result.
  private final IValue function;
  private final IValue functionArguments;
  private final IValue nothing;

  private OneDnn(OperatorHandle linear) {
    this.linear = linear;
    // The list's element type comes from the schema: any other is refused.
    ListType list = new ListType(linear.schema().arguments().getPointer(4).type().get());
    this.function = Scope.release(new IValue("none"));
    this.functionArguments = Scope.release(new IValue(new GenericList(list.getElementType())));
    this.nothing = Scope.release(new IValue());
  }

  /** The one instance, or null where the native build has no oneDNN. */
  public static OneDnn get() {
    return Holder.INSTANCE;
  }

  /**
   * {@code x W^T + b} in F32 on the CPU, without gradient.
   *
   * @param x {@code [..., in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]} or null
   */
  public Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    IValueVector stack =
        new IValueVector(
            new IValue(x),
            new IValue(weight),
            bias == null ? nothing : new IValue(bias),
            function,
            functionArguments,
            nothing);
    linear.callBoxed(stack);
    // What the stack hands out dies with the stack; the copy of the handle owns the same tensor.
    return new Tensor(stack.get(0).toTensor());
  }
}
