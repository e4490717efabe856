package io.lorgnette.language;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Texts of different lengths, padded on the right.
 *
 * @param ids {@code [R, T]}, T of the longest
 * @param real {@code [R, T]}, false where padding stands; or null where none does
 */
public record TextRows(Tensor ids, Tensor real) {

  /**
   * Puts rows into one block.
   *
   * @param pad what fills the ends of rows
   */
  public static TextRows of(long[][] rows, long pad, Device device) {
    int columns = columns(rows);
    byte[] tokens = new byte[rows.length * columns];
    boolean padded = false;
    for (int i = 0; i < rows.length; i++) {
      Arrays.fill(tokens, i * columns, i * columns + rows[i].length, (byte) 1);
      padded |= rows[i].length < columns;
    }
    Tensor ids = Tensors.ofLongs(block(rows, pad), rows.length, columns);
    Tensor real = padded ? Tensors.ofBytes(tokens, Dtype.BOOL, rows.length, columns) : null;
    return new TextRows(Tensors.to(ids, device), real == null ? null : Tensors.to(real, device));
  }

  /** The ids row by row, as many columns as the longest row has. */
  public static long[] block(long[][] rows, long pad) {
    int columns = columns(rows);
    long[] block = new long[rows.length * columns];
    Arrays.fill(block, pad);
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, block, i * columns, rows[i].length);
    }
    return block;
  }

  /** T, of the longest. */
  public static int columns(long[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length).max().orElse(0);
  }
}
