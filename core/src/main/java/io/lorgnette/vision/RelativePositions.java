package io.lorgnette.vision;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * BEiT's learned biases for where one token is seen from another. A table has a row for every
 * distance of two patches, by rows and columns, and behind them one each for patches seen from the
 * class token, the class token seen from patches, and the class token seen from itself.
 *
 * <p>Immutable and safe for use by several threads.
 */
final class RelativePositions implements AutoCloseable {

  private final long tokens;
  private final Tensor index; // [T * T], the row for each pair

  /** For images of {@code side} times {@code side} patches. */
  RelativePositions(int side, Device device) {
    int patches = side * side;
    tokens = patches + 1L;
    int rows = rows(side);
    long[] index = new long[Math.toIntExact(tokens * tokens)];
    for (int from = 0; from < tokens; from++) {
      for (int to = 0; to < tokens; to++) {
        index[Math.toIntExact(from * tokens) + to] =
            from == 0 || to == 0
                ? rows - (from == 0 && to == 0 ? 1 : to == 0 ? 2 : 3)
                : row(from - 1, to - 1, side);
      }
    }
    try (Scope scope = Scope.open()) {
      this.index = Scope.release(Tensors.to(Tensors.ofLongs(index, index.length), device));
    }
  }

  /** Rows of a table. */
  static int rows(int side) {
    return (2 * side - 1) * (2 * side - 1) + 3;
  }

  private static int row(int from, int to, int side) {
    int down = from / side - to / side + side - 1;
    int right = from % side - to % side + side - 1;
    return down * (2 * side - 1) + right;
  }

  /**
   * The biases of all pairs of tokens.
   *
   * @param table {@code [rows, h]}
   * @return {@code [1, h, T, T]}
   */
  Tensor bias(Tensor table) {
    return table
        .index_select(0, index)
        .view(tokens, tokens, table.size(1))
        .permute(2, 0, 1)
        .unsqueeze(0)
        .contiguous();
  }

  @Override
  public void close() {
    index.close();
  }
}
