package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Int4;
import io.lorgnette.tensor.Int8Products;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Turns matrices into integers with scales, some rows at a time, so that beside the result only a
 * few rows are ever there in full width.
 */
public final class Quantizer {

  /** What is added to a matrix's name for its 8-bit integers, {@code [out, in]}. */
  public static final String INT8 = ".int8";

  /**
   * For its 4-bit integers, {@linkplain Int4 packed}, {@code [out, in / 2]}; rows filled up to a
   * multiple of 16, columns to whole groups.
   */
  public static final String INT4 = ".int4";

  /** For its 8-bit integers {@linkplain Int8Products#pack laid out} to be multiplied with such. */
  public static final String W8A8 = ".w8a8";

  /** For its scales, {@code [out]}; with 4 bits {@code [groups, out, 2]}: scale and offset. */
  public static final String SCALE = ".scale";

  private static final long VALUES_AT_ONCE = 1 << 18;
  private static final double TINY = 1e-30;

  /** Rows of a matrix in any format, from {@code begin}. */
  interface Rows {
    Tensor at(long begin, long count);
  }

  private Quantizer() {}

  /**
   * Quantizes a matrix of its own, for instance one that was trained here.
   *
   * @param weight {@code [out, in]}
   * @return what takes the place of the tensor {@code name}; the caller owns it
   */
  public static Map<String, Tensor> quantize(String name, Tensor weight, Precision precision) {
    return quantize(
        name,
        weight.size(0),
        weight.size(1),
        (begin, count) -> weight.narrow(0, begin, count),
        precision,
        Tensors.device(weight));
  }

  static Map<String, Tensor> quantize(
      String name, long out, long in, Rows rows, Precision precision, Device device) {
    return switch (precision.storage()) {
      case INT8 -> int8(name, out, in, rows, precision, device);
      case W8A8 -> laidOut(products(device), name, int8(name, out, in, rows, precision, device));
      case INT4 -> int4(name, out, in, rows, precision, device);
      default -> throw new IllegalArgumentException(precision + " is not quantized");
    };
  }

  /** {@code w ~ q s}, s the row's largest magnitude by 127. */
  private static Map<String, Tensor> int8(
      String name, long out, long in, Rows rows, Precision precision, Device device) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor values = Tensors.empty(Dtype.I8, Device.CPU, out, in);
      Tensor scales = Tensors.empty(precision.compute(), Device.CPU, out);
      long step = Math.max(1, VALUES_AT_ONCE / Math.max(1, in));
      for (long at = 0; at < out; at += step) {
        try (Scope few = Scope.open()) {
          long count = Math.min(step, out - at);
          Tensor w = Tensors.to(rows.at(at, count), Dtype.F32, Device.CPU);
          Tensor largest = w.abs().amax(new long[] {1}, true); // [count, 1]
          // What is kept of the scale decides the integers.
          Tensor kept = Tensors.to(largest.div(new Scalar(127)), precision.compute());
          scales.narrow(0, at, count).copy_(kept.view(count));
          Tensor divisor = Tensors.to(kept, Dtype.F32).clamp(lowest(TINY));
          values.narrow(0, at, count).copy_(limited(w.div(divisor).round(), -127, 127));
        }
      }
      return release(name + INT8, values, name + SCALE, scales, device);
    }
  }

  private static Int8Products products(Device device) {
    if (Int8Products.get() == null || device != Device.CPU) {
      throw new InputException(
          "w8a8 multiplies integers on the CPU, which "
              + (device == Device.CPU ? "this platform's build can not" : device + " is not")
              + "; take int8 or the usual format");
    }
    return Int8Products.get();
  }

  private static Map<String, Tensor> laidOut(
      Int8Products products, String name, Map<String, Tensor> made) {
    try (Tensor values = made.remove(name + INT8)) {
      made.put(name + W8A8, Scope.release(products.pack(values)));
    }
    return made;
  }

  /** {@code w ~ (q - 8) s + o} with the least and the largest of a group at 0 and 15. */
  private static Map<String, Tensor> int4(
      String name, long out, long in, Rows rows, Precision precision, Device device) {
    int group = precision.group();
    Int4 form = Int4.get();
    long groups = (in + group - 1) / group;
    long width = groups * group;
    long padded = (out + Int4.ROWS - 1) / Int4.ROWS * Int4.ROWS;
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor packed = Tensors.empty(Dtype.U8, Device.CPU, padded, width / 2);
      Tensor scales = Tensors.empty(precision.compute(), Device.CPU, groups, out, 2);
      long step = Math.max(1, VALUES_AT_ONCE / width / form.block()) * form.block();
      for (long at = 0; at < padded; at += step) {
        try (Scope few = Scope.open()) {
          long count = Math.min(step, padded - at);
          long real = Math.min(count, out - at);
          Tensor w = Tensors.zeros(Dtype.F32, Device.CPU, count, width);
          w.narrow(0, 0, real).narrow(1, 0, in).copy_(rows.at(at, real));
          Tensor grouped = w.view(count, groups, group);
          Tensor least = grouped.amin(new long[] {2}, true); // [count, groups, 1]
          Tensor largest = grouped.amax(new long[] {2}, true);
          Tensor scale = Tensors.to(largest.sub(least).div(new Scalar(15)), precision.compute());
          Tensor wide = Tensors.to(scale, Dtype.F32);
          Tensor offset = Tensors.to(least.add(wide.mul(new Scalar(8))), precision.compute());
          Tensor q =
              grouped
                  .sub(Tensors.to(offset, Dtype.F32))
                  .div(wide.clamp(lowest(TINY)))
                  .round()
                  .add(new Scalar(8));
          packed
              .narrow(0, at, count)
              .copy_(form.pack(Tensors.to(limited(q, 0, 15).view(count, width), Dtype.I32)));
          Tensor both = Tensors.cat(2, scale, offset).narrow(0, 0, real);
          scales.narrow(1, at, real).copy_(both.transpose(0, 1));
        }
      }
      return release(name + INT4, packed, name + SCALE, scales, device);
    }
  }

  private static ScalarOptional lowest(double value) {
    return new ScalarOptional(new Scalar(value));
  }

  private static Tensor limited(Tensor values, int lowest, int highest) {
    return values.clamp(lowest(lowest), lowest(highest));
  }

  private static Map<String, Tensor> release(
      String one, Tensor first, String two, Tensor second, Device device) {
    Map<String, Tensor> made = new LinkedHashMap<>();
    made.put(one, Scope.release(Tensors.to(first, device)));
    made.put(two, Scope.release(Tensors.to(second, device)));
    return made;
  }
}
