package io.lorgnette.tensor;

import java.lang.ref.Reference;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * oneDNN's product of 8-bit integers with 8-bit integers, where the native build has it: twice as
 * fast as BF16 for many rows on a processor that multiplies integers (AVX-512 VNNI). Each row of
 * the input is rounded by a scale of its own, so that no row's result depends on another's (Yao et
 * al. 2022). It has no gradient. Thread-safe.
 */
public final class Int8Products {

  private static final class Holder {
    static final Int8Products INSTANCE = find();

    private static Int8Products find() {
      OperatorHandle product = Operators.find("onednn::qlinear_pointwise");
      OperatorHandle pack = Operators.find("onednn::qlinear_prepack");
      return product == null || pack == null ? null : new Int8Products(product, pack);
    }
  }

  /** Place of the list of numbers for what is done behind the product: none here. */
  private static final int LIST = 11;

  /**
   * To what integers of rows are rounded.
   *
   * @param largest integers reach from its negative to it
   * @param zero what is added to them, as the kernel takes none below 0
   */
  private record Steps(int largest, IValue zero) {

    private static Steps of(int largest) {
      return new Steps(largest, Scope.release(new IValue(largest + 1L)));
    }
  }

  private static final double TINY = 1e-30;

  private final OperatorHandle product;
  private final OperatorHandle pack;
  private final IValue nothing = Scope.release(new IValue());
  private final IValue one = Scope.release(new IValue(1.0));
  private final IValue zero = Scope.release(new IValue(0L));
  private final IValue after = Scope.release(new IValue("none"));
  private final IValue algorithm = Scope.release(new IValue(""));
  private final IValue empty;
  private final Steps steps;

  private Int8Products(OperatorHandle product, OperatorHandle pack) {
    this.product = product;
    this.pack = pack;
    ListType list = new ListType(product.schema().arguments().getPointer(LIST).type().get());
    this.empty = Scope.release(new IValue(new GenericList(list.getElementType())));
    Steps eightBits = Steps.of(127);
    this.steps = holds(eightBits) ? eightBits : Steps.of(63);
  }

  /** Whether a sum of the largest products is right. */
  private boolean holds(Steps tried) {
    int width = 64;
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor ones = Tensors.zeros(Dtype.F32, Device.CPU, width).add_(new Scalar(1));
      Tensor x = ones.mul(new Scalar(tried.largest())).view(1, width);
      Tensor weight = Tensors.zeros(Dtype.I8, Device.CPU, width, width).add_(new Scalar(127));
      Tensor y = linear(x, pack(weight), ones, null, tried);
      double expected = 127.0 * tried.largest() * width;
      return Math.abs(Tensors.value(y.max()) - expected) < 1e-4 * expected;
    }
  }

  /** The one instance, or null where the native build has no such product. */
  public static Int8Products get() {
    return Holder.INSTANCE;
  }

  /** The largest integer to which a value of a row is rounded. */
  int largest() {
    return steps.largest();
  }

  /**
   * The matrix in the order in which the kernels read it, for {@link #linear} only.
   *
   * @param weight {@code [out, in]}, I8
   */
  public Tensor pack(Tensor weight) {
    IValueVector stack = new IValueVector(new IValue(weight), nothing);
    pack.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }

  /**
   * {@code x (W scale)^T + b}, in the format of x.
   *
   * @param x {@code [..., in]}, F32 or BF16
   * @param packed of a matrix {@code [out, in]}
   * @param scale of its rows, {@code [out]}
   * @param bias {@code [out]} or null
   */
  public Tensor linear(Tensor x, Tensor packed, Tensor scale, Tensor bias) {
    return linear(x, packed, scale, bias, steps);
  }

  private Tensor linear(Tensor x, Tensor packed, Tensor scale, Tensor bias, Steps steps) {
    Tensor rows = x.reshape(-1, x.size(-1));
    Tensor largest = Tensors.to(rows.abs().amax(new long[] {1}, true), Dtype.F32); // [M, 1]
    Tensor each =
        largest
            .div(new Scalar(steps.largest()))
            .clamp_(new ScalarOptional(new Scalar(TINY)), new ScalarOptional());
    Tensor y = product(rounded(rows, each, steps), packed, scale, Tensors.dtype(x), steps);
    Tensor own = Tensors.to(each, Tensors.dtype(x));
    Tensor scaled = bias == null ? y.mul_(own) : torch.addcmul(bias, y, own);
    long[] shape = Tensors.shape(x);
    shape[shape.length - 1] = scale.size(0);
    return scaled.view(shape);
  }

  /** Rows divided by their scales and rounded: {@code [M, in]}. */
  private static Tensor rounded(Tensor rows, Tensor scales, Steps steps) {
    Tensor wide = rows.mul(scales.reciprocal()); // F32, as the scales are
    return torch.quantize_per_tensor(wide, 1.0, steps.largest() + 1, ScalarType.QUInt8);
  }

  private Tensor product(Tensor rounded, Tensor packed, Tensor scale, Dtype format, Steps steps) {
    try {
      // The same memory as plain integers: int_repr would copy it.
      Tensor integers =
          torch.from_blob(
              rounded.data_ptr(), Tensors.shape(rounded), Tensors.options(Dtype.U8, Device.CPU));
      Tensor zeros = Tensors.zeros(Dtype.I64, Device.CPU, scale.size(0));
      IValueVector stack =
          new IValueVector(
              new IValue(integers),
              one,
              steps.zero(),
              new IValue(packed),
              new IValue(Tensors.to(scale, Dtype.F32)),
              new IValue(zeros),
              nothing,
              one,
              zero,
              new IValue((long) format.scalarType().value),
              after,
              empty,
              algorithm);
      product.callBoxed(stack);
      return new Tensor(stack.get(0).toTensor());
    } finally {
      Reference.reachabilityFence(rounded); // whose memory it is, also where no scope keeps it
    }
  }
}
