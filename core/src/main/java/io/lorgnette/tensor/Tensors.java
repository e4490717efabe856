package io.lorgnette.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What the binding makes awkward: moving data in and out, shapes, conversions, optional arguments.
 *
 * <p>The binding's {@code X(Pointer)} constructors reinterpret memory and can crash the virtual
 * machine; code outside this package calls none of them. All methods are thread-safe; the tensors
 * they make belong to the current {@link Scope}.
 */
public final class Tensors {

  private Tensors() {}

  /** A CPU tensor of format F32 with a copy of the values. */
  public static Tensor ofFloats(float[] values, long... shape) {
    check(values.length, shape);
    Tensor tensor = empty(Dtype.F32, Device.CPU, shape);
    if (values.length > 0) {
      new FloatPointer(tensor.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** A CPU tensor of format I64 with a copy of the values. */
  public static Tensor ofLongs(long[] values, long... shape) {
    check(values.length, shape);
    Tensor tensor = empty(Dtype.I64, Device.CPU, shape);
    if (values.length > 0) {
      new LongPointer(tensor.data_ptr()).put(values, 0, values.length);
    }
    return tensor;
  }

  /** As {@link #ofLongs} from token ids, {@code [values.length]}. */
  public static Tensor ofInts(int[] values) {
    return ofLongs(Arrays.stream(values).asLongStream().toArray(), values.length);
  }

  /** A CPU tensor of the given format over a copy of raw little-endian bytes. */
  public static Tensor ofBytes(byte[] bytes, Dtype dtype, long... shape) {
    check(bytes.length / dtype.bytes(), shape);
    Tensor tensor = empty(dtype, Device.CPU, shape);
    if (bytes.length > 0) {
      new BytePointer(tensor.data_ptr()).put(bytes, 0, bytes.length);
    }
    return tensor;
  }

  /** Uninitialised memory. */
  public static Tensor empty(Dtype dtype, Device device, long... shape) {
    return torch.empty(shape, options(dtype, device), new MemoryFormatOptional());
  }

  public static Tensor zeros(Dtype dtype, Device device, long... shape) {
    return torch.zeros(shape, options(dtype, device));
  }

  /** {@code 0 .. n-1}, I64. */
  public static Tensor range(long n, Device device) {
    return torch.arange(new Scalar(n), options(Dtype.I64, device));
  }

  /** The values as F32, row by row, wherever and in whatever format the tensor is. */
  public static float[] toFloats(Tensor tensor) {
    try (Scope scope = Scope.open()) {
      Tensor plain = to(tensor.detach(), Dtype.F32, Device.CPU).contiguous();
      float[] values = new float[Math.toIntExact(plain.numel())];
      if (values.length > 0) {
        new FloatPointer(plain.data_ptr()).get(values);
      }
      return values;
    }
  }

  /** The values as I64, row by row. */
  public static long[] toLongs(Tensor tensor) {
    try (Scope scope = Scope.open()) {
      Tensor plain = to(tensor.detach(), Dtype.I64, Device.CPU).contiguous();
      long[] values = new long[Math.toIntExact(plain.numel())];
      if (values.length > 0) {
        new LongPointer(plain.data_ptr()).get(values);
      }
      return values;
    }
  }

  /**
   * The memory of a contiguous CPU tensor, without a copy, in native byte order. Valid as long as
   * the tensor; at most 2 GiB.
   */
  public static ByteBuffer bytes(Tensor tensor) {
    if (!tensor.is_contiguous() || tensor.is_cuda()) {
      throw new IllegalArgumentException("bytes() needs a contiguous tensor on the CPU");
    }
    long size = tensor.nbytes();
    return bytesAt(tensor, 0, Math.toIntExact(size));
  }

  /** As {@link #bytes}, a window of it: for tensors above 2 GiB. */
  public static ByteBuffer bytesAt(Tensor tensor, long offset, int length) {
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    BytePointer pointer = new BytePointer(tensor.data_ptr());
    pointer.position(offset).limit(offset + length);
    return pointer.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** The one value of a tensor with one element. */
  public static double value(Tensor tensor) {
    try (Scope scope = Scope.open()) {
      return tensor.detach().item().toDouble();
    }
  }

  public static long[] shape(Tensor tensor) {
    long[] shape = new long[Math.toIntExact(tensor.dim())];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = tensor.size(i);
    }
    return shape;
  }

  /** The shape for messages, e.g. {@code [2, 257, 1024]}. */
  public static String describe(Tensor tensor) {
    return Arrays.toString(shape(tensor));
  }

  public static Dtype dtype(Tensor tensor) {
    return Dtype.of(tensor.scalar_type());
  }

  public static Device device(Tensor tensor) {
    return tensor.is_cuda() ? Device.CUDA : Device.CPU;
  }

  /** The tensor itself where it already is so, else a converted copy. */
  public static Tensor to(Tensor tensor, Dtype dtype, Device device) {
    if (dtype(tensor) == dtype && device(tensor) == device) {
      return tensor;
    }
    return tensor.to(device.nativeDevice(), dtype.scalarType());
  }

  public static Tensor to(Tensor tensor, Dtype dtype) {
    return dtype(tensor) == dtype ? tensor : tensor.to(dtype.scalarType());
  }

  public static Tensor to(Tensor tensor, Device device) {
    return to(tensor, dtype(tensor), device);
  }

  /** Whether two tensors are views of the same numbers; false where they have gaps. */
  public static boolean isSameMemory(Tensor a, Tensor b) {
    return a.data_ptr().equals(b.data_ptr())
        && dtype(a) == dtype(b)
        && Arrays.equals(shape(a), shape(b))
        && a.is_contiguous()
        && b.is_contiguous();
  }

  /** Joins along a dimension. */
  public static Tensor cat(long dimension, Tensor... parts) {
    return parts.length == 1 ? parts[0] : torch.cat(new TensorVector(parts), dimension);
  }

  /** Joins along a new dimension. */
  public static Tensor stack(long dimension, Tensor... parts) {
    return torch.stack(new TensorVector(parts), dimension);
  }

  /** A native optional: empty for null. */
  public static TensorOptional optional(Tensor tensor) {
    return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
  }

  /** Turns gradients off on this thread until closed. */
  public static NoGrad noGrad() {
    Engine.start();
    return new NoGrad(new NoGradGuard());
  }

  /** See {@link #noGrad}. */
  public static final class NoGrad implements AutoCloseable {
    private final NoGradGuard guard;

    private NoGrad(NoGradGuard guard) {
      // The guard restores the state of its thread when it is closed, not when a scope is.
      this.guard = Scope.release(guard);
    }

    @Override
    public void close() {
      guard.close();
    }
  }

  /**
   * Maps a file read-only (copy on write) as a tensor of bytes, {@code [bytes]}.
   *
   * @param bytes how many bytes from the start; the file must have them
   */
  public static Tensor mapFile(String path, long bytes) {
    Engine.start();
    // shared = false: true would create a missing file.
    return torch.from_file(
        path, new BoolOptional(false), new LongOptional(bytes), options(Dtype.U8, Device.CPU));
  }

  static TensorOptions options(Dtype dtype, Device device) {
    Engine.start();
    return new TensorOptions()
        .dtype(new org.bytedeco.pytorch.ScalarTypeOptional(dtype.scalarType()))
        .device(new DeviceOptional(device.nativeDevice()));
  }

  /** Native bytes that the binding has allocated and not yet freed; for tests of leaks. */
  public static long liveNativeObjects() {
    return Pointer.totalCount();
  }

  private static void check(long count, long[] shape) {
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    if (product != count) {
      throw new IllegalArgumentException(
          count + " values do not fill the shape " + Arrays.toString(shape));
    }
  }
}
