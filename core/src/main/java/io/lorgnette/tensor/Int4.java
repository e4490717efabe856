package io.lorgnette.tensor;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Matrices of four-bit numbers, two to a byte, in the order that libtorch's product of BF16 rows
 * with such a matrix wants on this machine; where the native build has no such product, in an order
 * of our own. Thread-safe.
 *
 * <p>The order depends on the width of the machine's vectors and is not documented, so it is found
 * by packing numbers that say where they come from, and checked by a round trip. In a block of rows
 * ({@code block} of them, or what is left of the matrix, a multiple of 16) the bytes stand as
 * {@code [in, rows / 2]}, and each byte holds one row's number in its low and another's in its high
 * half. The product has no gradient.
 */
public final class Int4 {

  /** The rows of a packed matrix are a multiple of this. */
  public static final int ROWS = 16;

  private static final int OWN_BLOCK = 64;

  private static final class Holder {
    static final Int4 INSTANCE = find();

    private static Int4 find() {
      OperatorHandle pack = Operators.find("aten::_convert_weight_to_int4pack_for_cpu");
      OperatorHandle product = Operators.find("aten::_weight_int4pack_mm_for_cpu");
      if (pack != null && product != null) {
        for (int block : new int[] {64, 32, 16}) {
          Int4 found = probe(pack, product, block);
          if (found != null) {
            return found;
          }
        }
      }
      Map<Integer, long[]> orders = new HashMap<>();
      for (int rows = ROWS; rows <= OWN_BLOCK; rows += ROWS) {
        long[] order = new long[rows];
        Arrays.setAll(order, i -> i);
        orders.put(rows, order);
      }
      return new Int4(OWN_BLOCK, orders, null, null);
    }
  }

  private final int block;
  // By rows of a block: the rows of the low halves, then those of the high halves.
  private final Map<Integer, long[]> orders;
  private final OperatorHandle pack;
  private final OperatorHandle product;

  private Int4(
      int block, Map<Integer, long[]> orders, OperatorHandle pack, OperatorHandle product) {
    this.block = block;
    this.orders = orders;
    this.pack = pack;
    this.product = product;
  }

  public static Int4 get() {
    return Holder.INSTANCE;
  }

  /** The order of blocks of a size, or null if the kernel's is another. */
  private static Int4 probe(OperatorHandle pack, OperatorHandle product, int block) {
    Map<Integer, long[]> orders = new HashMap<>();
    Int4 candidate = new Int4(block, orders, pack, product);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (int rows = ROWS; rows <= block; rows += ROWS) {
        Tensor row = Tensors.range(rows, Device.CPU).unsqueeze(1).expand(rows, 32);
        long[] low = halves(candidate.nativePack(row.remainder(new Scalar(16))), rows);
        long[] high = halves(candidate.nativePack(row.floor_divide(new Scalar(16))), rows);
        long[] order = new long[rows];
        Arrays.setAll(order, i -> low[i] + 16 * high[i]);
        long[] sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < rows; i++) {
          if (sorted[i] != i) {
            return null;
          }
        }
        orders.put(rows, order);
      }
      for (int rows = ROWS; rows <= 3 * block; rows += ROWS) {
        // No short period, so that a number from another place shows.
        Tensor values =
            Tensors.range(rows * 96L, Device.CPU)
                .mul(new Scalar(2_654_435_761L))
                .__rshift__(new Scalar(20))
                .bitwise_and(new Scalar(15))
                .view(rows, 96);
        Tensor back = candidate.unpack(candidate.nativePack(values));
        if (!torch.equal(Tensors.to(back, Dtype.I64), values)) {
          return null;
        }
      }
      return candidate;
    } catch (RuntimeException e) {
      // This platform's kernel refuses what others take; our own order serves without it.
      return null;
    }
  }

  /** The numbers of the first column: all low halves, then all high ones. */
  private static long[] halves(Tensor packed, int rows) {
    long[] bytes = Tensors.toLongs(packed.flatten().narrow(0, 0, rows / 2));
    long[] values = new long[rows];
    for (int i = 0; i < rows / 2; i++) {
      values[i] = bytes[i] & 15;
      values[rows / 2 + i] = bytes[i] >> 4;
    }
    return values;
  }

  /** Whether there is a {@linkplain #linear product} on this machine. */
  public boolean hasProduct() {
    return product != null;
  }

  /** Rows that can be packed by themselves: a matrix may be packed by so many at a time. */
  public int block() {
    return block;
  }

  /**
   * Packs a matrix on the CPU.
   *
   * @param values {@code [out, in]}, integers from 0 to 15; out a multiple of {@link #ROWS}, in
   *     even
   * @return {@code [out, in / 2]}, U8
   */
  public Tensor pack(Tensor values) {
    if (pack != null) {
      return nativePack(values);
    }
    long in = values.size(1);
    long full = values.size(0) / block * block;
    Tensor bytes = Tensors.to(values, Dtype.U8);
    Tensor whole = packBlocks(bytes.narrow(0, 0, full), block);
    long rest = values.size(0) - full;
    Tensor all =
        rest == 0
            ? whole
            : Tensors.cat(0, whole, packBlocks(bytes.narrow(0, full, rest), (int) rest));
    return all.view(values.size(0), in / 2);
  }

  private Tensor packBlocks(Tensor values, int rows) {
    long in = values.size(1);
    Tensor ordered =
        values
            .reshape(values.size(0) / rows, rows, in)
            .index_select(1, Tensors.ofLongs(orders.get(rows), rows))
            .transpose(1, 2); // [blocks, in, rows]
    Tensor low = ordered.narrow(2, 0, rows / 2);
    Tensor high = ordered.narrow(2, rows / 2, rows / 2);
    return low.add(high.mul(new Scalar(16))).flatten();
  }

  private Tensor nativePack(Tensor values) {
    IValueVector stack =
        new IValueVector(new IValue(Tensors.to(values, Dtype.I32).contiguous()), new IValue(1L));
    pack.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }

  /**
   * The numbers of a packed matrix, wherever it is.
   *
   * @param packed {@code [out, in / 2]}, U8
   * @return {@code [out, in]}, U8
   */
  public Tensor unpack(Tensor packed) {
    long out = packed.size(0);
    long in = packed.size(1) * 2;
    long full = out / block * block;
    Tensor flat = packed.flatten();
    Tensor whole = unpackBlocks(flat.narrow(0, 0, full * in / 2), block, in);
    if (full == out) {
      return whole;
    }
    Tensor rest = flat.narrow(0, full * in / 2, (out - full) * in / 2);
    return Tensors.cat(0, whole, unpackBlocks(rest, (int) (out - full), in));
  }

  private Tensor unpackBlocks(Tensor bytes, int rows, long in) {
    long[] order = orders.get(rows);
    long[] places = new long[rows];
    for (int i = 0; i < rows; i++) {
      places[(int) order[i]] = i;
    }
    Tensor halves = bytes.view(-1, in, rows / 2);
    Tensor low = halves.bitwise_and(new Scalar(15));
    Tensor high = halves.__rshift__(new Scalar(4));
    return Tensors.cat(2, low, high)
        .index_select(2, Tensors.to(Tensors.ofLongs(places, rows), Tensors.device(bytes)))
        .transpose(1, 2)
        .reshape(bytes.numel() * 2 / in, in);
  }

  /**
   * {@code x W^T} with {@code W = (values - 8) * scale + offset}.
   *
   * @param x {@code [M, in]}, BF16 on the CPU: other formats are computed one by one, far slower
   *     than dense
   * @param packed {@code [out, in / 2]}
   * @param group columns that share a scale: 32, 64 or 128
   * @param scales {@code [in / group, out, 2]}, BF16: scale and offset
   */
  public Tensor linear(Tensor x, Tensor packed, int group, Tensor scales) {
    IValueVector stack =
        new IValueVector(
            new IValue(x.contiguous()),
            new IValue(packed),
            new IValue((long) group),
            new IValue(scales.contiguous()));
    product.callBoxed(stack);
    return new Tensor(stack.get(0).toTensor());
  }
}
