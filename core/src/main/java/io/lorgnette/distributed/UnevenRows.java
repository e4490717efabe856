package io.lorgnette.distributed;

import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Rows of which each process has a number of its own, gathered with padding. All processes make it
 * and call the same methods in the same order.
 *
 * <p>Legend: B rows of this process, W of all processes, in their order.
 */
public final class UnevenRows {

  private final Gathering gathering;
  private final long[] counts;
  private final int rank;

  /**
   * Tells the others how many rows this process has.
   *
   * @param own B, may be 0
   */
  public UnevenRows(Gathering gathering, long own) {
    this.gathering = gathering;
    this.counts = Tensors.toLongs(gathering.constant(Tensors.ofLongs(new long[] {own}, 1)));
    this.rank = Math.toIntExact(gathering.first(1));
  }

  /** How many processes there are. */
  public int processes() {
    return counts.length;
  }

  /** W. */
  public long all() {
    return Arrays.stream(counts).sum();
  }

  /** Which of the W rows is this process' first. */
  public long first() {
    return Arrays.stream(counts, 0, rank).sum();
  }

  /** What this process has of all rows, 0 to 1. */
  public double share() {
    return (double) counts[rank] / all();
  }

  /** All rows, {@code [B, ...] -> [W, ...]}; others' rows get no gradient. */
  public Tensor constant(Tensor own) {
    return real(gathering.constant(padded(own)));
  }

  /** All rows, {@code [B, ...] -> [W, ...]}; their gradients flow back to where they come from. */
  public Tensor shared(Tensor own) {
    return real(gathering.shared(padded(own)));
  }

  private long most() {
    return Arrays.stream(counts).max().orElseThrow();
  }

  private Tensor padded(Tensor own) {
    if (own.size(0) != counts[rank]) {
      throw new IllegalArgumentException(
          Tensors.describe(own) + " has not the " + counts[rank] + " rows that were told");
    }
    long[] shape = Tensors.shape(own);
    shape[0] = most() - own.size(0);
    return shape[0] == 0
        ? own
        : Tensors.cat(0, own, Tensors.zeros(Tensors.dtype(own), Tensors.device(own), shape));
  }

  private Tensor real(Tensor padded) {
    Tensor[] rows = new Tensor[counts.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = padded.narrow(0, i * most(), counts[i]);
    }
    return Tensors.cat(0, rows);
  }
}
